import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeLoginToken } from '#src/adapters/snowflake/login-token.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const now = Date.parse('2024-05-01T12:00:00Z');

const decode = (part: string | undefined) =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

describe('makeLoginToken', () => {
  it.each([
    ['my_org-my_account', 'MY_ORG-MY_ACCOUNT'],
    ['xy12345.eu-central-1', 'XY12345'],
  ])('signs who is logging in at %s', (account, name) => {
    const { token, type } = makeLoginToken(
      { account, user: 'me', privateKey: pem },
      'key_pair',
      now,
    );

    const [header, claims, signature] = token.split('.');
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    const fingerprint = createHash('sha256').update(der).digest('base64');
    expect(type).toBe('KEYPAIR_JWT');
    expect(decode(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(decode(claims)).toEqual({
      iss: `${name}.ME.SHA256:${fingerprint}`,
      sub: `${name}.ME`,
      iat: now / 1000,
      exp: now / 1000 + 3540,
    });
    const signed = Buffer.from(`${header}.${claims}`);
    const bytes = Buffer.from(signature ?? '', 'base64url');
    expect(verify('RSA-SHA256', signed, publicKey, bytes)).toBe(true);
  });

  it('asks for another before the token has expired', () => {
    const login = { account: 'a', user: 'me', privateKey: pem };

    expect(makeLoginToken(login, 'key_pair', now).renewAt).toBeLessThan(now + 3540_000);
  });

  it('takes a programmatic access token as it is', () => {
    expect(makeLoginToken({ account: 'a', user: 'me', pat: 'secret' }, 'pat', now)).toEqual({
      token: 'secret',
      type: 'PROGRAMMATIC_ACCESS_TOKEN',
      renewAt: Number.POSITIVE_INFINITY,
    });
  });

  it.each([
    ['no key', {}, 'key_pair'],
    ['a malformed key', { privateKey: '-----BEGIN PRIVATE KEY-----\nhidden' }, 'key_pair'],
    ['no token', {}, 'pat'],
  ] as const)('refuses %s without telling it', (_, login, authentication) => {
    expect(() =>
      makeLoginToken({ account: 'a', user: 'me', ...login }, authentication, now),
    ).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.not.stringContaining('hidden'),
      }),
    );
  });
});

import { get } from 'node:http';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, inject, it } from 'vitest';
import { emulatorCredentials, platformPlaces } from '#local/platform/places.ts';
import { readState } from '#local/platform/state.ts';
import { platformStatus, platformUp } from '#local/platform.ts';
import { paths } from '#local/setup/paths.ts';
import { LOOPBACK, listeningAddresses } from '#test/helpers/listening.ts';

const endpoints = inject('endpoints');
const home = process.env.SNOWMELT_HOME ?? paths.home;

const processes = () => readState(platformPlaces(home)).pieces;

/** Status of a request that names another host than it is sent to. */
const statusForHost = (host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(`${endpoints.status.url}/_front-door`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });

describe('the local platform', () => {
  it('runs in four pieces that answer', async () => {
    const status = await platformStatus({ home });

    expect(status.state).toBe('up');
    expect(status.pieces.map((piece) => piece.name)).toEqual([
      'emulator',
      'runner',
      'stand-in',
      'front-door',
    ]);
  });

  it.runIf(process.platform === 'linux')('listens on 127.0.0.1 only', () => {
    const addresses = Object.values(processes()).flatMap(({ pid }) => listeningAddresses(pid));

    expect(addresses.length).toBeGreaterThanOrEqual(4);
    expect(new Set(addresses)).toEqual(new Set([LOOPBACK]));
  });

  it('serves the status page of the deployed function', async () => {
    const page = await fetch(`${endpoints.status.url}/`);

    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  it('shows the page to this machine only', async () => {
    expect(await statusForHost('evil.example')).toBe(421);
    expect(await statusForHost('localhost:1234')).toBe(200);
  });

  it('keeps how to log in to Snowflake in the deployed secret', async () => {
    const { endpoint, region, stackOutputs } = endpoints.aws;
    const secrets = new SecretsManagerClient({
      endpoint,
      region,
      credentials: emulatorCredentials(),
    });

    const secret = await secrets.send(
      new GetSecretValueCommand({ SecretId: stackOutputs.SnowflakeSecretArn }),
    );

    const { account, accessUrl, user } = endpoints.snowflake;
    const value = JSON.parse(secret.SecretString ?? '{}');
    expect(value).toMatchObject({ account, accessUrl, user });
    expect(value.privateKey).toContain('BEGIN PRIVATE KEY');
  });

  it('starts again the piece that was killed, and only that', async () => {
    const before = processes();
    process.kill(before['stand-in']?.pid ?? 0, 'SIGKILL');

    const again = await platformUp({ home });

    expect(again).toEqual(endpoints);
    const { 'stand-in': standIn, ...others } = processes();
    expect(standIn?.pid).not.toBe(before['stand-in']?.pid);
    expect({ ...others, 'stand-in': before['stand-in'] }).toEqual(before);
  });
});

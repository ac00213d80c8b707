import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedCredentials, openCredentials } from '#local/snowflake/auth/credentials.ts';

let dataDir: string;
let opened: OpenedCredentials;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'snowmelt-credentials-'));
  opened = await openCredentials(dataDir);
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('openCredentials', () => {
  it('makes secrets that only their owner can read', () => {
    const dir = join(dataDir, 'credentials');
    const modes = ['private-key.pem', 'password', 'pat'].map(
      (name) => statSync(join(dir, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it('keeps no secret among what the server checks against', () => {
    const stored = readFileSync(join(dataDir, 'users.json'), 'utf8');
    const { password, pat } = opened.credentials;
    expect(stored).not.toContain(password);
    expect(stored).not.toContain(pat);
    expect(stored).not.toContain('PRIVATE KEY');
  });

  it('answers the same on every later start', async () => {
    expect(await openCredentials(dataDir)).toEqual(opened);
  });
});

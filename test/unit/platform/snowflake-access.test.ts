import { describe, expect, it } from 'vitest';
import { liveAccess } from '#local/platform/snowflake-access.ts';

const names = ['ACCOUNT', 'USER', 'PRIVATE_KEY_PATH', 'DATABASE', 'SCHEMA', 'WAREHOUSE', 'ROLE'];
const environment = Object.fromEntries(names.map((name) => [`SNOWMELT_LIVE_${name}`, name]));

describe('liveAccess', () => {
  it('takes the account’s own address unless another is named', () => {
    expect(liveAccess(environment).accessUrl).toBe('https://ACCOUNT.snowflakecomputing.com');
    expect(
      liveAccess({ ...environment, SNOWMELT_LIVE_ACCESS_URL: 'https://private' }).accessUrl,
    ).toBe('https://private');
  });

  it('names every variable that is missing', () => {
    const { SNOWMELT_LIVE_USER: _, SNOWMELT_LIVE_ROLE: __, ...rest } = environment;

    expect(() => liveAccess(rest)).toThrow(/SNOWMELT_LIVE_USER, SNOWMELT_LIVE_ROLE are not set/);
  });
});

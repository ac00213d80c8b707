import { readFileSync } from 'node:fs';
import { TerminalError } from '#src/errors.ts';
import type { Places } from './places.ts';
import type { SnowflakeAccess } from './state.ts';

/** The line of JSON that the stand-in prints when it starts; undefined when its log has none. */
export function readStandInLine(places: Places): SnowflakeAccess | undefined {
  const line = readFileSync(places.log('stand-in'), 'utf8')
    .split('\n')
    .find((text) => text.startsWith('{') && text.includes('"accessUrl"'));
  return line === undefined ? undefined : (JSON.parse(line) as SnowflakeAccess);
}

const VARIABLES = {
  account: 'ACCOUNT',
  user: 'USER',
  privateKeyPath: 'PRIVATE_KEY_PATH',
  database: 'DATABASE',
  schema: 'SCHEMA',
  warehouse: 'WAREHOUSE',
  role: 'ROLE',
} as const;

/** A real account, as SNOWMELT_LIVE_* names it. Throws CONFIG_INVALID with every variable that is missing. */
export function liveAccess(env: NodeJS.ProcessEnv): SnowflakeAccess {
  const value = (name: string): string => env[`SNOWMELT_LIVE_${name}`] ?? '';
  const missing = Object.values(VARIABLES).filter((name) => value(name) === '');
  if (missing.length > 0) {
    const names = missing.map((name) => `SNOWMELT_LIVE_${name}`).join(', ');
    throw new TerminalError(
      `Cannot use a live Snowflake account: ${names} ${missing.length === 1 ? 'is' : 'are'} not set. Set them, or leave out --snowflake live.`,
      { code: 'CONFIG_INVALID' },
    );
  }
  const named = Object.fromEntries(
    Object.entries(VARIABLES).map(([field, name]) => [field, value(name)]),
  ) as Record<keyof typeof VARIABLES, string>;
  const accessUrl = value('ACCESS_URL') || `https://${named.account}.snowflakecomputing.com`;
  const pat = value('PAT');
  return { ...named, accessUrl, ...(pat === '' ? {} : { pat }) };
}

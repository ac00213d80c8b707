import type { ProfileDialect } from '../model/row-profile.ts';
import { quoteName } from '../model/sql-text.ts';

const wallClock = (value: string) => `${value}::TIMESTAMP_NTZ`;

/** Minutes east of UTC of a TIMESTAMP_TZ: its wall clock against that of UTC. */
export const offsetMinutesSql = (value: string): string =>
  `DATEDIFF(MINUTE, ${wallClock(`CONVERT_TIMEZONE('UTC', ${value})`)}, ${wallClock(value)})`;

/** Whole units since 1970; of a TIMESTAMP_LTZ or TIMESTAMP_TZ in UTC. */
export const epochSql = (value: string, unit: 'MICROSECOND' | 'NANOSECOND'): string =>
  `DATE_PART(EPOCH_${unit}, ${value})`;

export const timeOfDaySql = (value: string): string => `TO_VARCHAR(${value}, 'HH24:MI:SS.FF9')`;

/**
 * A FLOAT with the seventeen digits that tell it from its neighbours: in a result as JSON it has
 * fewer. https://docs.snowflake.com/en/sql-reference/sql-format-models
 */
export const floatDigitsSql = (value: string): string => `TO_VARCHAR(${value}, 'TME')`;

/**
 * Snowflake SQL over the source's own columns.
 * https://docs.snowflake.com/en/sql-reference/functions/md5_number_upper64
 */
export const sourceProfile: ProfileDialect = {
  quote: quoteName,
  cast: (value) => `TO_VARCHAR(${value})`,
  orNothing: (text) => `COALESCE(${text}, '')`,
  bytes: (text) => `OCTET_LENGTH(${text})`,
  date: (value) => `TO_VARCHAR(${value}, 'YYYY-MM-DD')`,
  time: timeOfDaySql,
  epoch: epochSql,
  offsetMinutes: ({ name }) => offsetMinutesSql(quoteName(name)),
  hex: (value) => `HEX_ENCODE(${value})`,
  json: (value) => `TO_JSON(${value})`,
  digest: (text) => text,
  upper: (text) => `MD5_NUMBER_UPPER64(${text})`,
  lower: (text) => `MD5_NUMBER_LOWER64(${text})`,
  float: floatDigitsSql,
};

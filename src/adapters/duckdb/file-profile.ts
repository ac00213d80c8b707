import type { ProfileDialect } from '../../model/row-profile.ts';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

const EPOCHS = { MICROSECOND: 'epoch_us', NANOSECOND: 'epoch_ns' } as const;

/**
 * DuckDB SQL over bronze files, whose columns are those of `fileColumns`: a time of day and JSON
 * are texts already, a TIMESTAMP_TZ is an instant with a column of minutes beside it.
 */
export const duckdbProfile: ProfileDialect = {
  quote,
  cast: (value) => `CAST(${value} AS VARCHAR)`,
  bytes: (text) => `strlen(${text})`,
  date: (value) => `CAST(${value} AS VARCHAR)`,
  time: (value) => value,
  epoch: (value, unit) => `${EPOCHS[unit]}(${value})`,
  offsetMinutes: ({ name }) => quote(`${name}__offset_minutes`),
  hex: (value) => `hex(${value})`,
  json: (value) => value,
  digest: (text) => `md5(${text})`,
  upper: (digest) => `CAST('0x' || substr(${digest}, 1, 16) AS UBIGINT)`,
  lower: (digest) => `CAST('0x' || substr(${digest}, 17, 16) AS UBIGINT)`,
  float: (value) => `CAST(${value} AS VARCHAR)`,
};

import type { ProfileDialect } from '../../model/row-profile.ts';
import { quoteName } from '../../model/sql-text.ts';

const EPOCHS = { MICROSECOND: 'epoch_us', NANOSECOND: 'epoch_ns' } as const;

/** The same digits as by arithmetic, out of the bits of the double, which takes a fifth of the time. */
function floatDigits(value: string): string {
  const bits = `CAST(CAST(${value} AS BIT) AS BIGINT)`;
  const exponent = `((${bits} >> 52) & 2047)`;
  const upper = `((${bits} >> 26) & 67108863) + CASE WHEN ${exponent} > 0 THEN 67108864 ELSE 0 END`;
  return (
    `CONCAT(CASE WHEN ${value} < 0 THEN '-' END, ${upper}, '.', ${bits} & 67108863, ` +
    `'e', GREATEST(${exponent} - 1023, -1022))`
  );
}

const LOW_HALF = '18446744073709551615::UHUGEINT';

/** Masks of every other byte, pair of bytes, and four bytes, and by how many bits they change. */
const SWAPS: readonly (readonly [mask: bigint, bits: number])[] = [
  [0x00ff00ff00ff00ffn, 8],
  [0x0000ffff0000ffffn, 16],
  [0x00000000ffffffffn, 32],
];

/**
 * The bytes of a number in the opposite order: `md5_number` takes the first byte of the MD5 for the
 * least, Snowflake's halves take it for the greatest.
 */
const reversed = (half: string): string =>
  SWAPS.reduce((value, [mask, bits]) => {
    const [right, left] = [`(${value} >> ${bits})`, `(${value} & ${mask}::UBIGINT)`];
    return `((${right} & ${mask}::UBIGINT) | (${left} << ${bits}))`;
  }, half);

/**
 * DuckDB SQL over bronze files, whose columns are those of `fileColumns`: a time of day and JSON
 * are texts already, a TIMESTAMP_TZ is an instant with a column of minutes beside it.
 */
export const duckdbProfile: ProfileDialect = {
  quote: quoteName,
  cast: (value) => `CAST(${value} AS VARCHAR)`,
  orNothing: (text) => text,
  bytes: (text) => `strlen(${text})`,
  date: (value) => `CAST(${value} AS VARCHAR)`,
  time: (value) => value,
  epoch: (value, unit) => `${EPOCHS[unit]}(${value})`,
  offsetMinutes: ({ name }) => quoteName(`${name}__offset_minutes`),
  hex: (value) => `hex(${value})`,
  floatDigits,
  json: (value) => value,
  digest: (text) => `md5_number(${text})`,
  upper: (digest) => reversed(`CAST(${digest} & ${LOW_HALF} AS UBIGINT)`),
  lower: (digest) => reversed(`CAST(${digest} >> 64 AS UBIGINT)`),
  float: (value) => `CAST(${value} AS VARCHAR)`,
};

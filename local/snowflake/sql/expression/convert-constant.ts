import { SnowflakeError } from '../../statement.ts';
import { duckdbType, type SnowflakeType } from '../../types.ts';
import { clockText, parseTimestampText, parseTimeText } from '../types/timestamp-text.ts';
import { offsetOfWall, toUtc } from '../types/zones.ts';
import type { ConvertOptions } from './convert.ts';
import { quoteText, type Typed } from './typed.ts';

const WHAT: Readonly<Record<string, readonly [code: string, what: string]>> = {
  DATE: ['100040', 'Date'],
  TIME: ['100108', 'Time'],
  TIMESTAMP_NTZ: ['100035', 'Timestamp'],
  TIMESTAMP_LTZ: ['100035', 'Timestamp'],
  TIMESTAMP_TZ: ['100035', 'Timestamp'],
};

/** Instants that TIMESTAMP_NS holds, as nanoseconds since 1970. */
const LIMIT = 2n ** 63n;

function cut(nanos: bigint, scale: number): bigint {
  const unit = 10n ** BigInt(9 - scale);
  return nanos - (nanos % unit);
}

function stamp(date: string, nanos: bigint): string {
  return `TIMESTAMP_NS ${quoteText(`${date} ${clockText(nanos)}`)}`;
}

function isInRange(date: string): boolean {
  const nanos = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n;
  return nanos > -LIMIT + 86_400_000_000_000n && nanos < LIMIT - 86_400_000_000_000n;
}

function timestampConstant(text: string, target: SnowflakeType, zone: string): string | undefined {
  const parsed = parseTimestampText(text);
  if (!parsed) return undefined;
  if (target.name === 'DATE') return `DATE ${quoteText(parsed.date)}`;
  if (!isInRange(parsed.date)) {
    throw new SnowflakeError(
      '100035',
      '22007',
      `Timestamp '${text}' is out of range: the local stand-in keeps timestamps from 1677-09-22 to 2262-04-10.`,
    );
  }
  const wall = stamp(parsed.date, cut(parsed.nanos, target.scale ?? 9));
  if (target.name === 'TIMESTAMP_NTZ') return wall;
  const { offset } = parsed;
  const utc = offset === undefined ? toUtc(wall, zone) : shifted(wall, offset);
  if (target.name === 'TIMESTAMP_LTZ') return utc;
  return `sf_tz(${utc}, ${offset ?? offsetOfWall(wall, zone)})`;
}

function shifted(wall: string, offset: number): string {
  return offset === 0 ? wall : `sf_shift(${wall}, ${-offset})`;
}

function timeConstant(text: string, target: SnowflakeType): string | undefined {
  const nanos = parseTimeText(text);
  if (nanos === undefined) return undefined;
  return `TIME_NS ${quoteText(clockText(cut(nanos, target.scale ?? 9)))}`;
}

/**
 * A string literal converted to a date or a time while translating: DuckDB then sees a plain
 * constant. Undefined when the value is no string literal or the type another.
 */
export function constantConversion(
  value: Typed,
  target: SnowflakeType,
  options: ConvertOptions,
): Typed | undefined {
  const what = WHAT[target.name];
  if (!what || value.constant === undefined || value.type?.name !== 'TEXT') return undefined;
  const text = value.constant;
  const sql =
    target.name === 'TIME'
      ? timeConstant(text, target)
      : timestampConstant(text, target, options.timezone);
  if (sql) return { sql, type: target, nullable: false };
  if (options.mode === 'try') return { sql: `CAST(NULL AS ${duckdbType(target)})`, type: target };
  throw new SnowflakeError(what[0], '22007', `${what[1]} '${text}' is not recognized`);
}

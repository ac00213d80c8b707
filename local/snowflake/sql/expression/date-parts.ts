import { compilationError, unsupported } from '../errors.ts';
import { DATE, TIME, TIMESTAMP_NTZ, typeText } from '../types/names.ts';
import { toUtc, toWall } from '../types/zones.ts';
import type { Lowering } from './lowering.ts';
import { type Typed, typed } from './typed.ts';

/** https://docs.snowflake.com/en/sql-reference/functions-date-time#supported-date-and-time-parts */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  YEAR: ['YEAR', 'Y', 'YY', 'YYY', 'YYYY', 'YR', 'YEARS', 'YRS'],
  MONTH: ['MONTH', 'MM', 'MON', 'MONS', 'MONTHS'],
  DAY: ['DAY', 'D', 'DD', 'DAYS', 'DAYOFMONTH'],
  DAYOFWEEK: ['DAYOFWEEK', 'WEEKDAY', 'DOW', 'DW'],
  DAYOFWEEKISO: ['DAYOFWEEKISO', 'WEEKDAY_ISO', 'DOW_ISO', 'DW_ISO', 'DAYOFWEEK_ISO'],
  DAYOFYEAR: ['DAYOFYEAR', 'YEARDAY', 'DOY', 'DY'],
  WEEK: ['WEEK', 'W', 'WK', 'WEEKOFYEAR', 'WOY', 'WY', 'WEEKS'],
  WEEKISO: ['WEEKISO', 'WEEK_ISO', 'WEEKOFYEARISO', 'WEEKOFYEAR_ISO'],
  QUARTER: ['QUARTER', 'Q', 'QTR', 'QTRS', 'QUARTERS'],
  YEAROFWEEK: ['YEAROFWEEK'],
  YEAROFWEEKISO: ['YEAROFWEEKISO'],
  HOUR: ['HOUR', 'H', 'HH', 'HR', 'HOURS', 'HRS'],
  MINUTE: ['MINUTE', 'M', 'MI', 'MIN', 'MINUTES', 'MINS'],
  SECOND: ['SECOND', 'S', 'SEC', 'SECONDS', 'SECS'],
  MILLISECOND: ['MILLISECOND', 'MS', 'MSEC', 'MILLISECONDS'],
  MICROSECOND: ['MICROSECOND', 'US', 'USEC', 'MICROSECONDS'],
  NANOSECOND: [
    'NANOSECOND',
    'NS',
    'NSEC',
    'NANOSEC',
    'NSECOND',
    'NANOSECONDS',
    'NANOSECS',
    'NSECONDS',
  ],
  EPOCH_SECOND: ['EPOCH_SECOND', 'EPOCH', 'EPOCH_SECONDS'],
  EPOCH_MILLISECOND: ['EPOCH_MILLISECOND', 'EPOCH_MILLISECONDS'],
  EPOCH_MICROSECOND: ['EPOCH_MICROSECOND', 'EPOCH_MICROSECONDS'],
  EPOCH_NANOSECOND: ['EPOCH_NANOSECOND', 'EPOCH_NANOSECONDS'],
  TIMEZONE_HOUR: ['TIMEZONE_HOUR', 'TZH'],
  TIMEZONE_MINUTE: ['TIMEZONE_MINUTE', 'TZM'],
};
const BY_NAME = new Map(Object.entries(PARTS).flatMap(([part, all]) => all.map((n) => [n, part])));

/** Nanoseconds of the parts that are always as long. */
export const PART_NANOS: Readonly<Record<string, string>> = {
  WEEK: '604800000000000',
  DAY: '86400000000000',
  HOUR: '3600000000000',
  MINUTE: '60000000000',
  SECOND: '1000000000',
  MILLISECOND: '1000000',
  MICROSECOND: '1000',
  NANOSECOND: '1',
};
const MONTHS: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };
const DAYS: Readonly<Record<string, number>> = { DAY: 1, WEEK: 7 };

/** The canonical name of a date part. @throws SnowflakeError for a name that is none. */
export function datePart(name: string): string {
  const part = BY_NAME.get(name.toUpperCase());
  if (part) return part;
  throw compilationError('001008', '42601', `'${name}' is not a valid date/time component`);
}

/**
 * A DATE, TIME or timestamp with `count` of a part added; a date becomes a timestamp for hours and
 * less.
 */
export function shiftByPart(value: Typed, part: string, count: string, lowering: Lowering): Typed {
  switch (value.type?.name) {
    case 'DATE':
      return shiftDate(value, part, count);
    case 'TIME':
      return shiftTime(value, part, count);
    case 'TIMESTAMP_NTZ':
      return typed(shiftWall(value.sql, part, count), value.type);
    case 'TIMESTAMP_LTZ': {
      const wall = shiftWall(toWall(value.sql, lowering.timezone), part, count);
      const exact = PART_NANOS[part] && !DAYS[part];
      const sql = exact ? shiftWall(value.sql, part, count) : toUtc(wall, lowering.timezone);
      return typed(sql, value.type);
    }
    case 'TIMESTAMP_TZ': {
      const wall = shiftWall(`sf_tz_wall(${value.sql})`, part, count);
      const offset = `(${value.sql})."offset"`;
      return typed(`sf_tz(sf_shift(${wall}, -${offset}), ${offset})`, value.type);
    }
    default:
      throw unsupported(`adding ${part} to ${typeText(value.type)}`);
  }
}

function shiftDate(value: Typed, part: string, count: string): Typed {
  if (MONTHS[part]) {
    const months = `to_months(CAST(${count} * ${MONTHS[part]} AS INTEGER))`;
    return typed(`CAST(${value.sql} + ${months} AS DATE)`, DATE);
  }
  if (DAYS[part]) return typed(`(${value.sql} + CAST(${count} * ${DAYS[part]} AS INTEGER))`, DATE);
  return typed(shiftWall(`CAST(${value.sql} AS TIMESTAMP_NS)`, part, count), TIMESTAMP_NTZ);
}

function shiftTime(value: Typed, part: string, count: string): Typed {
  const unit = PART_NANOS[part];
  if (!unit || DAYS[part]) throw unsupported(`adding ${part} to TIME`);
  const day = PART_NANOS.DAY;
  const sum = `epoch_ns(${value.sql}) + CAST(${count} AS BIGINT) * ${unit} % ${day}`;
  return typed(`CAST(make_timestamp_ns(((${sum}) % ${day} + ${day}) % ${day}) AS TIME_NS)`, TIME);
}

function shiftWall(wall: string, part: string, count: string): string {
  if (MONTHS[part]) return `sf_add_months(${wall}, ${count} * ${MONTHS[part]})`;
  const unit = PART_NANOS[part];
  if (!unit)
    throw compilationError('001008', '42601', `'${part}' is not a valid date/time component`);
  return `make_timestamp_ns(epoch_ns(${wall}) + CAST(${count} AS BIGINT) * ${unit})`;
}

/** The wall clock of a date or time value, as TIMESTAMP_NS. */
export function wallClock(value: Typed, lowering: Lowering): string {
  switch (value.type?.name) {
    case 'TIME':
      return `make_timestamp_ns(epoch_ns(${value.sql}))`;
    default:
      return lowering.sqlAs(value, TIMESTAMP_NTZ);
  }
}

import type { SnowflakeType } from '../../types.ts';
import { duckdbType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { datePart, PART_NANOS, shiftByPart, wallClock } from '../expression/date-parts.ts';
import { intervalLiteral } from '../expression/interval.ts';
import { type Typed, typed } from '../expression/typed.ts';
import {
  DATE,
  FLOAT,
  numberType,
  TIME,
  TIMESTAMP_LTZ,
  TIMESTAMP_NTZ,
  TIMESTAMP_TZ,
} from '../types/names.ts';
import { toUtc, wallToTz } from '../types/zones.ts';
import { type Call, castAs } from './call.ts';
import { amount, moment, requireMonday, weekStart } from './date-arguments.ts';
import { dayName, extract, partFunction } from './date-fields.ts';
import { aliases, custom, type FunctionFamily } from './entry.ts';

const FLOORED = new Set(['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND']);

function dateAdd(call: Call): Typed {
  return shiftByPart(moment(call, 2), datePart(call.word(0)), amount(call, 1), call.lowering);
}

/**
 * Boundaries of the part between two moments;
 * https://docs.snowflake.com/en/sql-reference/functions/datediff
 */
function dateDiff(call: Call): Typed {
  const part = datePart(call.word(0));
  const moments = [moment(call, 1), moment(call, 2)];
  if (FLOORED.has(part)) {
    const unit = PART_NANOS[part];
    const [a, b] = moments.map(
      (value) => `sf_floor_div(epoch_ns(${wallClock(value, call.lowering)}), ${unit})`,
    );
    return castAs(`(${b} - ${a})`, numberType(18, 0));
  }
  const [from, to] = moments.map((value) => call.lowering.sqlAs(value, DATE));
  if (part === 'WEEK') {
    const shift = (11 - weekStart(call)) % 7;
    const [a, b] = [from, to].map(
      (date) => `sf_floor_div(${date} - DATE '1970-01-01' + ${shift}, 7)`,
    );
    return castAs(`(${b} - ${a})`, numberType(9, 0));
  }
  return castAs(`date_diff('${part.toLowerCase()}', ${from}, ${to})`, numberType(9, 0));
}

function truncated(wall: string, part: string): string {
  if (FLOORED.has(part)) return `sf_cut(${wall}, ${PART_NANOS[part]})`;
  if (part === 'DAY') return `sf_day(${wall})`;
  return `CAST(date_trunc('${part.toLowerCase()}', CAST(${wall} AS DATE)) AS TIMESTAMP_NS)`;
}

function dateTruncate(part: string, value: Typed, call: Call): Typed {
  const { lowering } = call;
  requireMonday(part, call);
  switch (value.type?.name) {
    case 'DATE':
      if (FLOORED.has(part)) throw unsupported(`DATE_TRUNC by ${part} of a DATE`);
      return typed(`CAST(date_trunc('${part.toLowerCase()}', ${value.sql}) AS DATE)`, DATE);
    case 'TIME':
      return typed(`sf_cut_time(${value.sql}, ${PART_NANOS[part]})`, TIME);
    default: {
      const wall = typed(truncated(wallClock(value, lowering), part), TIMESTAMP_NTZ);
      return lowering.convert(wall, value.type ?? TIMESTAMP_NTZ);
    }
  }
}

/** DATE_TRUNC takes part and value in that order, TRUNC-like calls the other way round too. */
function dateTrunc(call: Call): Typed {
  return dateTruncate(datePart(call.word(0)), moment(call, 1), call);
}

function asDate(call: Call, index: number): string {
  return call.lowering.sqlAs(moment(call, index), DATE);
}

function lastDay(call: Call): Typed {
  const date = asDate(call, 0);
  const part = call.has(1) ? datePart(call.word(1)) : 'MONTH';
  const months: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };
  const start = `date_trunc('${part.toLowerCase()}', ${date})`;
  const length = months[part] ? `to_months(${months[part]})` : 'to_days(7)';
  return typed(`CAST(${start} + ${length} - to_days(1) AS DATE)`, DATE);
}

const WEEKDAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];

/** NEXT_DAY and PREVIOUS_DAY: never the day itself. */
function neighbourDay(direction: 1 | -1) {
  return custom(2, 2, (call) => {
    const date = asDate(call, 0);
    const wanted = WEEKDAYS.indexOf(call.constant(1).trim().slice(0, 2).toLowerCase()) + 1;
    if (wanted === 0) throw unsupported(`day '${call.constant(1)}'`);
    const days =
      direction === 1
        ? `(${wanted} - isodow(${date}) + 6) % 7 + 1`
        : `(isodow(${date}) - ${wanted} + 6) % 7 + 1`;
    return typed(
      `CAST(${date} ${direction === 1 ? '+' : '-'} CAST(${days} AS INTEGER) AS DATE)`,
      DATE,
    );
  });
}

/** The last day of a month stays the last day. */
function addMonths(call: Call): Typed {
  const value = moment(call, 0);
  const count = amount(call, 1);
  if (value.type?.name === 'DATE') return typed(`sf_months_date(${value.sql}, ${count})`, DATE);
  const wall = wallClock(value, call.lowering);
  const day = `epoch_ns(CAST(sf_months_date(CAST(${wall} AS DATE), ${count}) AS TIMESTAMP_NS))`;
  const sum = `make_timestamp_ns(${day} + epoch_ns(${wall}) - epoch_ns(sf_day(${wall})))`;
  return call.lowering.convert(typed(sum, TIMESTAMP_NTZ), value.type ?? TIMESTAMP_NTZ);
}

function monthsBetween(call: Call): Typed {
  return typed(`sf_months_between(${asDate(call, 0)}, ${asDate(call, 1)})`, FLOAT);
}

function fromParts(call: Call): string {
  const [year, month, day] = [0, 1, 2].map((index) => call.integer(index));
  return `sf_date_parts(${year}, ${month}, ${day})`;
}

function clockNanos(call: Call, from: number): string {
  const [hour, minute, second, nano] = [0, 1, 2, 3].map((index) =>
    call.has(from + index) ? call.integer(from + index) : '0',
  );
  return `(${hour} * 3600 + ${minute} * 60 + ${second}) * CAST(1000000000 AS BIGINT) + ${nano}`;
}

function timestampFromParts(target: SnowflakeType) {
  return custom(2, 8, (call) => {
    if (call.count === 2) {
      const sum = `make_timestamp_ns(epoch_ns(CAST(${asDate(call, 0)} AS TIMESTAMP_NS)) + epoch_ns(${call.as(1, TIME)}))`;
      return call.lowering.convert(typed(sum, TIMESTAMP_NTZ), target);
    }
    const wall = `make_timestamp_ns(epoch_ns(CAST(${fromParts(call)} AS TIMESTAMP_NS)) + ${clockNanos(call, 3)})`;
    if (!call.has(7)) return call.lowering.convert(typed(wall, TIMESTAMP_NTZ), target);
    return typed(zoned(wall, call.constant(7)), TIMESTAMP_TZ);
  });
}

function zoned(wall: string, timezone: string): string {
  return wallToTz(wall, timezone);
}

/** https://docs.snowflake.com/en/sql-reference/functions/convert_timezone */
function convertTimezone(call: Call): Typed {
  if (call.count === 3) {
    const [source, target] = [call.constant(0), call.constant(1)];
    const utc = toUtc(call.as(2, TIMESTAMP_NTZ), source);
    return typed(
      target === 'UTC' ? utc : `sf_to_wall(${utc}, '${target.replaceAll("'", "''")}')`,
      TIMESTAMP_NTZ,
    );
  }
  const value = moment(call, 1);
  const utc = call.lowering.sqlAs(value, TIMESTAMP_LTZ);
  const zone = `'${call.constant(0).replaceAll("'", "''")}'`;
  return typed(`sf_tz(${utc}, sf_zone_offset(${utc}, ${zone}))`, TIMESTAMP_TZ);
}

function timeSlice(call: Call): Typed {
  const value = moment(call, 0);
  const length = Number(call.constant(1));
  const part = datePart(call.constant(2));
  const end = call.has(3) && call.constant(3).toUpperCase() === 'END';
  const unit = PART_NANOS[part];
  const wall = wallClock(value, call.lowering);
  const months: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };
  if (!unit) {
    const size = length * (months[part] ?? 1);
    const index = `sf_floor_div((year(${wall}) - 1970) * 12 + month(${wall}) - 1, ${size})${end ? ' + 1' : ''}`;
    const start = `CAST(DATE '1970-01-01' + to_months(CAST((${index}) * ${size} AS INTEGER)) AS TIMESTAMP_NS)`;
    return call.lowering.convert(typed(start, TIMESTAMP_NTZ), value.type ?? TIMESTAMP_NTZ);
  }
  const size = String(BigInt(unit) * BigInt(length));
  const shift = part === 'WEEK' ? String(3n * 86_400_000_000_000n) : '0';
  const index = `sf_floor_div(epoch_ns(${wall}) + ${shift}, ${size})${end ? ' + 1' : ''}`;
  const start = `make_timestamp_ns((${index}) * ${size} - ${shift})`;
  return call.lowering.convert(typed(start, TIMESTAMP_NTZ), value.type ?? TIMESTAMP_NTZ);
}

function timeFromParts(call: Call): Typed {
  return typed(`CAST(make_timestamp_ns(${clockNanos(call, 0)}) AS ${duckdbType(TIME)})`, TIME);
}

export const DATES: FunctionFamily = {
  name: 'dates',
  functions: {
    INTERVAL: custom(1, 1, (call) => intervalLiteral(call.constant(0))),
    ...aliases(custom(3, 3, dateAdd), 'DATEADD', 'TIMEADD', 'TIMESTAMPADD'),
    ...aliases(custom(3, 3, dateDiff), 'DATEDIFF', 'TIMEDIFF', 'TIMESTAMPDIFF'),
    DATE_TRUNC: custom(2, 2, dateTrunc),
    ...aliases(
      custom(2, 2, (call) => extract(datePart(call.word(0)), moment(call, 1), call)),
      'DATE_PART',
      'EXTRACT',
    ),
    YEAR: partFunction('YEAR'),
    YEAROFWEEK: partFunction('YEAROFWEEK'),
    YEAROFWEEKISO: partFunction('YEAROFWEEKISO'),
    QUARTER: partFunction('QUARTER'),
    MONTH: partFunction('MONTH'),
    ...aliases(partFunction('WEEK'), 'WEEK', 'WEEKOFYEAR'),
    WEEKISO: partFunction('WEEKISO'),
    ...aliases(partFunction('DAY'), 'DAY', 'DAYOFMONTH'),
    DAYOFWEEK: partFunction('DAYOFWEEK'),
    DAYOFWEEKISO: partFunction('DAYOFWEEKISO'),
    DAYOFYEAR: partFunction('DAYOFYEAR'),
    HOUR: partFunction('HOUR'),
    MINUTE: partFunction('MINUTE'),
    SECOND: partFunction('SECOND'),
    DAYNAME: dayName('%a'),
    MONTHNAME: dayName('%b'),
    LAST_DAY: custom(1, 2, lastDay),
    NEXT_DAY: neighbourDay(1),
    PREVIOUS_DAY: neighbourDay(-1),
    ADD_MONTHS: custom(2, 2, addMonths),
    MONTHS_BETWEEN: custom(2, 2, monthsBetween, 'the time of day is ignored'),
    ...aliases(
      custom(3, 3, (call) => typed(fromParts(call), DATE)),
      'DATE_FROM_PARTS',
      'DATEFROMPARTS',
    ),
    ...aliases(custom(3, 4, timeFromParts), 'TIME_FROM_PARTS', 'TIMEFROMPARTS'),
    ...aliases(
      timestampFromParts(TIMESTAMP_NTZ),
      'TIMESTAMP_FROM_PARTS',
      'TIMESTAMPFROMPARTS',
      'TIMESTAMP_NTZ_FROM_PARTS',
      'TIMESTAMPNTZFROMPARTS',
    ),
    ...aliases(
      timestampFromParts(TIMESTAMP_LTZ),
      'TIMESTAMP_LTZ_FROM_PARTS',
      'TIMESTAMPLTZFROMPARTS',
    ),
    ...aliases(timestampFromParts(TIMESTAMP_TZ), 'TIMESTAMP_TZ_FROM_PARTS', 'TIMESTAMPTZFROMPARTS'),
    CONVERT_TIMEZONE: custom(2, 3, convertTimezone),
    TIME_SLICE: custom(3, 4, timeSlice),
  },
  macros: [
    `sf_floor_div(_sf_n, _sf_d) AS _sf_n // _sf_d - CASE WHEN _sf_n % _sf_d < 0 THEN 1 ELSE 0 END`,
    `sf_months_date(_sf_d, _sf_n) AS CASE WHEN _sf_d = last_day(_sf_d)
      THEN last_day(CAST(_sf_d + to_months(CAST(_sf_n AS INTEGER)) AS DATE))
      ELSE CAST(_sf_d + to_months(CAST(_sf_n AS INTEGER)) AS DATE) END`,
    `sf_months_between(_sf_a, _sf_b) AS CASE
      WHEN day(_sf_a) = day(_sf_b) OR (_sf_a = last_day(_sf_a) AND _sf_b = last_day(_sf_b))
      THEN CAST((year(_sf_a) - year(_sf_b)) * 12 + month(_sf_a) - month(_sf_b) AS DOUBLE)
      ELSE round((year(_sf_a) - year(_sf_b)) * 12 + month(_sf_a) - month(_sf_b)
        + CAST(day(_sf_a) - day(_sf_b) AS DOUBLE) / 31, 6) END`,
    `sf_date_parts(_sf_y, _sf_m, _sf_d) AS CAST(make_date(CAST(_sf_y AS BIGINT), CAST(1 AS BIGINT), CAST(1 AS BIGINT))
      + to_months(CAST(_sf_m - 1 AS INTEGER)) + to_days(CAST(_sf_d - 1 AS INTEGER)) AS DATE)`,
  ],
};

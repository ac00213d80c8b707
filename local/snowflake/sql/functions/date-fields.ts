import type { SnowflakeType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { wallClock } from '../expression/date-parts.ts';
import { type Typed, typed } from '../expression/typed.ts';
import { numberType, TEXT, TIMESTAMP_LTZ, TIMESTAMP_NTZ, TIMESTAMP_TZ } from '../types/names.ts';
import { type Call, castAs } from './call.ts';
import { moment, requireMonday } from './date-arguments.ts';
import { custom } from './entry.ts';

const EXTRACTS: Readonly<Record<string, (wall: string) => string>> = {
  YEAR: (wall) => `year(${wall})`,
  QUARTER: (wall) => `quarter(${wall})`,
  MONTH: (wall) => `month(${wall})`,
  WEEK: (wall) => `week(${wall})`,
  WEEKISO: (wall) => `week(${wall})`,
  DAY: (wall) => `day(${wall})`,
  DAYOFWEEK: (wall) => `dayofweek(${wall})`,
  DAYOFWEEKISO: (wall) => `isodow(${wall})`,
  DAYOFYEAR: (wall) => `dayofyear(${wall})`,
  YEAROFWEEK: (wall) => `isoyear(${wall})`,
  YEAROFWEEKISO: (wall) => `isoyear(${wall})`,
  HOUR: (wall) => `hour(${wall})`,
  MINUTE: (wall) => `minute(${wall})`,
  SECOND: (wall) => `epoch_ns(${wall}) // 1000000000 % 60`,
  NANOSECOND: (wall) => `epoch_ns(${wall}) % 1000000000`,
};
const EPOCHS: Readonly<Record<string, string>> = {
  EPOCH_SECOND: '1000000000',
  EPOCH_MILLISECOND: '1000000',
  EPOCH_MICROSECOND: '1000',
  EPOCH_NANOSECOND: '1',
};

/** A date stays one: it may lie where no timestamp of DuckDB with nanoseconds reaches. */
function calendar(value: Typed, call: Call): string {
  return value.type?.name === 'DATE'
    ? `CAST(${value.sql} AS TIMESTAMP)`
    : wallClock(value, call.lowering);
}

export function extract(part: string, value: Typed, call: Call): Typed {
  const { lowering } = call;
  requireMonday(part, call);
  const type = numberType(part.startsWith('EPOCH') ? 38 : 9, 0);
  if (EPOCHS[part]) {
    const utc =
      value.type?.name === 'TIMESTAMP_NTZ' ? value.sql : lowering.sqlAs(value, utcType(value));
    return castAs(`sf_floor_div(epoch_ns(${utc}), ${EPOCHS[part]})`, type);
  }
  if (part.startsWith('TIMEZONE')) {
    const offset = `(${lowering.sqlAs(value, TIMESTAMP_TZ)})."offset"`;
    return castAs(part === 'TIMEZONE_HOUR' ? `trunc(${offset} / 60)` : `${offset} % 60`, type);
  }
  const read = EXTRACTS[part];
  if (!read) throw unsupported(`DATE_PART ${part}`);
  return castAs(read(calendar(value, call)), type);
}

function utcType(value: Typed): SnowflakeType {
  return value.type?.name === 'TIMESTAMP_TZ' || value.type?.name === 'TIMESTAMP_LTZ'
    ? TIMESTAMP_LTZ
    : TIMESTAMP_NTZ;
}

export function partFunction(part: string) {
  return custom(1, 1, (call) => extract(part, moment(call, 0), call));
}

export function dayName(format: string) {
  return custom(1, 1, (call) =>
    typed(`strftime(${calendar(moment(call, 0), call)}, '${format}')`, TEXT),
  );
}

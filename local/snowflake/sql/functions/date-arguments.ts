import { invalidArguments, unsupported } from '../errors.ts';
import type { Typed } from '../expression/typed.ts';
import { INTEGER, isTimestamp, TIMESTAMP_NTZ, typeText } from '../types/names.ts';
import type { Call } from './call.ts';

/** The argument as a date, time or timestamp; text is read as a timestamp. */
export function moment(call: Call, index: number): Typed {
  const value = call.arg(index);
  const { type } = value;
  if (type?.name === 'DATE' || type?.name === 'TIME' || isTimestamp(type)) return value;
  if (!type || type.name === 'TEXT' || type.name === 'VARIANT') {
    return call.lowering.convert(value, TIMESTAMP_NTZ);
  }
  throw invalidArguments(call.name, [typeText(type)]);
}

/** A count of units, rounded to a whole number. */
export function amount(call: Call, index: number): string {
  return `CAST(${call.lowering.sqlAs(call.arg(index), INTEGER)} AS BIGINT)`;
}

/** First day of the week, Monday 1 to Sunday 7; the parameter's 0 means Monday. */
export function weekStart(call: Call): number {
  return Number(call.lowering.parameter('WEEK_START') ?? 0) || 1;
}

export function requireMonday(part: string, call: Call): void {
  const depends = part === 'WEEK' || part === 'DAYOFWEEK';
  if (depends && weekStart(call) !== 1)
    throw unsupported(`${part} with WEEK_START ${weekStart(call)}`);
}

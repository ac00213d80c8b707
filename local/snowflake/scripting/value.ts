import { literalOf } from '../sql/binds.ts';
import { INTEGER, TEXT, typeText } from '../sql/types/names.ts';
import type { Bind, ResultColumn } from '../statement.ts';
import { columnType } from '../storage/result-column.ts';
import type { SnowflakeType } from '../types.ts';

/** A value of a variable: its type, and its text in the driver's wire form with nine digits. */
export interface Value {
  readonly type: SnowflakeType;
  readonly text: string | null;
}

export const NULL: Value = { type: TEXT, text: null };
export const textValue = (text: string | null): Value => ({ type: TEXT, text });
export const numberValue = (value: number | null): Value => ({
  type: { name: 'NUMBER', precision: 38, scale: 0 },
  text: value === null ? null : String(value),
});
export const flagValue = (value: boolean | null): Value => ({
  type: { name: 'BOOLEAN' },
  text: value === null ? null : value ? '1' : '0',
});

/** Seconds with nine digits behind the point, however many were written. */
function withNanos(text: string): string {
  const [seconds = '', zone] = text.split(' ');
  const [whole = '', fraction = ''] = seconds.split('.');
  const padded = `${whole}.${fraction.padEnd(9, '0')}`;
  return zone === undefined ? padded : `${padded} ${zone}`;
}

/** A cell of a result as a value. */
export function cellValue(column: ResultColumn, cell: string | null): Value {
  const type = columnType(column);
  const isTime = /^TIME/.test(type.name);
  return { type, text: cell !== null && isTime ? withNanos(cell) : cell };
}

const MILLISECONDS_A_DAY = 86_400_000;

/** Wire text as drivers send binds: days in milliseconds, seconds in nanoseconds. */
function bindText({ name }: SnowflakeType, text: string): string {
  if (name === 'DATE') return String(Number(text) * MILLISECONDS_A_DAY);
  if (/^TIME/.test(name)) return text.replace('.', '').replace(/^(-?)0+(?=\d)/, '$1');
  return text;
}

const BIND_TYPES: Readonly<Record<string, string>> = { NUMBER: 'FIXED', FLOAT: 'REAL' };

/** The value as a bind, for EXECUTE IMMEDIATE … USING. */
export function bindOf({ type, text }: Value): Bind {
  const value = text === null ? null : bindText(type, text);
  return { type: BIND_TYPES[type.name] ?? type.name, value };
}

/** The value as Snowflake SQL. */
export function literal(value: Value): string {
  const bind = bindOf(value);
  if (bind.value === null) return `NULL::${typeText(value.type)}`;
  return literalOf(bind.type, bind.value as string);
}

/** The type of a variable that has none declared: as wide as its first value's kind is. */
export function inferredType({ type }: Value): SnowflakeType {
  if (type.name === 'NUMBER') return { ...INTEGER, scale: type.scale ?? 0 };
  return type.name === 'TEXT' ? TEXT : type;
}

/** Whether a condition holds: NULL does not. */
export const isTrue = ({ text }: Value): boolean => text === '1' || /^true$/i.test(text ?? '');

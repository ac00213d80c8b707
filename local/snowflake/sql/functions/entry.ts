import type { SnowflakeType } from '../../types.ts';
import { type Typed, typed } from '../expression/typed.ts';

import type { Call } from './call.ts';

export type FunctionKind = 'scalar' | 'aggregate' | 'window' | 'table';

/** A function the stand-in supports. */
export interface FunctionEntry {
  readonly kind: FunctionKind;
  readonly min: number;
  readonly max: number;
  /** What differs from Snowflake. */
  readonly note?: string;
  readonly lower: (call: Call) => Typed;
}

/** Functions of a family by name; the macros they need. */
export interface FunctionFamily {
  readonly name: string;
  readonly functions: Readonly<Record<string, FunctionEntry>>;
  readonly macros?: readonly string[];
}

type Result = SnowflakeType | ((call: Call) => SnowflakeType | null);

/**
 * How an argument reaches the template: `integer` as BIGINT, `any` as it is, `constant` as the
 * literal's text.
 */
const READERS = {
  text: (call: Call, index: number) => call.text(index),
  float: (call: Call, index: number) => call.float(index),
  integer: (call: Call, index: number) => call.integer(index),
  boolean: (call: Call, index: number) => call.boolean(index),
  date: (call: Call, index: number) => call.date(index),
  binary: (call: Call, index: number) => call.binary(index),
  variant: (call: Call, index: number) => call.variant(index),
  array: (call: Call, index: number) => call.array(index),
  object: (call: Call, index: number) => call.object(index),
  any: (call: Call, index: number) => call.arg(index).sql,
} as const;

type Template = (...args: string[]) => string;

interface Options {
  readonly note?: string;
  /** DuckDB's own result type differs: cast to the declared one. */
  readonly cast?: boolean;
}

function resultOf(result: Result, call: Call): SnowflakeType | null {
  return typeof result === 'function' ? result(call) : result;
}

/**
 * A function that is a template of its arguments. `parameters` is a list such as `text, integer?`;
 * a trailing `text*` takes any number.
 */
export function scalar(
  parameters: string,
  result: Result,
  template: Template,
  options: Options = {},
): FunctionEntry {
  const list = parameters === '' ? [] : parameters.split(',').map((each) => each.trim());
  const isOpen = list.at(-1)?.endsWith('*') ?? false;
  const min = list.filter((each) => !/[?*]$/.test(each)).length;
  const reader = (index: number) => {
    const name = (list[index] ?? list.at(-1) ?? 'any').replace(/[?*]$/, '');
    return READERS[name as keyof typeof READERS];
  };
  const lower = (call: Call): Typed => {
    const args = Array.from({ length: call.count }, (_, index) => reader(index)(call, index));
    const type = resultOf(result, call);
    const sql = template(...args);
    if (!options.cast || !type) return typed(sql, type);
    return typed(castTo(sql, type), type);
  };
  const note = options.note === undefined ? {} : { note: options.note };
  return { kind: 'scalar', min, max: isOpen ? Infinity : list.length, lower, ...note };
}

function castTo(sql: string, type: SnowflakeType): string {
  const names: Readonly<Record<string, string>> = { FLOAT: 'DOUBLE', TEXT: 'VARCHAR' };
  if (type.name !== 'NUMBER') return `CAST(${sql} AS ${names[type.name] ?? type.name})`;
  return `CAST(${sql} AS DECIMAL(${type.precision ?? 38},${type.scale ?? 0}))`;
}

/** A function whose translation needs more than a template. */
export function custom(
  min: number,
  max: number,
  lower: (call: Call) => Typed,
  note?: string,
): FunctionEntry {
  return { kind: 'scalar', min, max, lower, ...(note === undefined ? {} : { note }) };
}

export function aggregate(
  min: number,
  max: number,
  lower: (call: Call) => Typed,
  note?: string,
): FunctionEntry {
  return { kind: 'aggregate', min, max, lower, ...(note === undefined ? {} : { note }) };
}

export function windowFunction(
  min: number,
  max: number,
  lower: (call: Call) => Typed,
): FunctionEntry {
  return { kind: 'window', min, max, lower };
}

/** The same translation under other names. */
export function aliases<T>(entry: T, ...names: string[]): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, entry]));
}

/** Type of the first argument; TEXT for a bare NULL. */
export function likeFirst(call: Call): SnowflakeType | null {
  return call.arg(0).type;
}

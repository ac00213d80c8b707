import { duckdbType, type SnowflakeType } from '../../types.ts';
import { argumentCount, compilationError } from '../errors.ts';
import type { Lowering } from '../expression/lowering.ts';
import { type Typed, typed } from '../expression/typed.ts';
import { type Fields, fieldsOf, kindOf, type Node, nameOf } from '../syntax/node.ts';
import {
  ARRAY,
  BINARY,
  BOOLEAN,
  DATE,
  FLOAT,
  INTEGER,
  OBJECT,
  TEXT,
  VARIANT,
} from '../types/names.ts';

/** What stands around an aggregate or window call. */
export interface CallClauses {
  readonly distinct: boolean;
  readonly ignoreNulls: boolean;
  /** ` FILTER (WHERE …)` or nothing. */
  readonly filter: string;
  /** ` OVER (…)`, or undefined outside of a window. */
  readonly over: string | undefined;
  /** The ORDER BY of WITHIN GROUP, without the words. */
  readonly within: string | undefined;
  /** The first expression of WITHIN GROUP. */
  readonly withinFirst: Typed | undefined;
}

export const NO_CLAUSES: CallClauses = {
  distinct: false,
  ignoreNulls: false,
  filter: '',
  over: undefined,
  within: undefined,
  withinFirst: undefined,
};

/** One call of a function, as its entry in the registry sees it. */
export class Call {
  readonly name: string;
  readonly lowering: Lowering;
  readonly clauses: CallClauses;
  private readonly nodes: readonly Node[];
  private readonly lowered = new Map<number, Typed>();

  constructor(name: string, nodes: readonly Node[], lowering: Lowering, clauses = NO_CLAUSES) {
    this.name = name;
    this.nodes = nodes;
    this.lowering = lowering;
    this.clauses = clauses;
  }

  get count(): number {
    return this.nodes.length;
  }

  /** @throws SnowflakeError 000938 or 000939. */
  requireCount(min: number, max: number): void {
    if (this.count < min || this.count > max) throw argumentCount(this.name, this.count, min, max);
  }

  has(index: number): boolean {
    return index < this.count;
  }

  node(index: number): Node {
    const found = this.nodes[index];
    if (found) return found;
    throw argumentCount(this.name, this.count, index + 1, index + 1);
  }

  arg(index: number): Typed {
    const known = this.lowered.get(index);
    if (known) return known;
    const value = this.lowering.expression(this.node(index));
    this.lowered.set(index, value);
    return value;
  }

  args(from = 0): Typed[] {
    return this.nodes.slice(from).map((_, index) => this.arg(from + index));
  }

  as(index: number, type: SnowflakeType): string {
    return this.lowering.sqlAs(this.arg(index), type);
  }

  text(index: number): string {
    return this.as(index, TEXT);
  }

  float(index: number): string {
    return this.as(index, FLOAT);
  }

  boolean(index: number): string {
    return this.as(index, BOOLEAN);
  }

  date(index: number): string {
    return this.as(index, DATE);
  }

  binary(index: number): string {
    return this.as(index, BINARY);
  }

  variant(index: number): string {
    return this.as(index, VARIANT);
  }

  array(index: number): string {
    return this.as(index, ARRAY);
  }

  object(index: number): string {
    return this.as(index, OBJECT);
  }

  /** A whole number as DuckDB BIGINT. */
  integer(index: number): string {
    const value = this.arg(index);
    if (value.constant !== undefined && /^-?\d{1,18}$/.test(value.constant)) return value.constant;
    return `CAST(${this.lowering.sqlAs(value, INTEGER)} AS BIGINT)`;
  }

  /** @throws SnowflakeError when the argument is no literal. */
  constant(index: number): string {
    const { constant } = this.arg(index);
    if (constant !== undefined) return constant;
    throw compilationError(
      '001015',
      '22023',
      `argument ${index + 1} to function ${this.name} needs to be constant`,
    );
  }

  /** The name of a date part or another bare word, also when given as text. */
  word(index: number): string {
    const argument = this.node(index);
    if (kindOf(argument) === 'column') return nameOf(fieldsOf(argument), 'name') ?? '';
    return this.constant(index);
  }

  /** The value of `name => value`. */
  named(name: string): Node | undefined {
    for (const argument of this.nodes) {
      if (kindOf(argument) !== 'named_argument') continue;
      const fields: Fields = fieldsOf(argument);
      if (nameOf(fields, 'name')?.toUpperCase() === name) return fields.value as Node;
    }
    return undefined;
  }

  isNamed(index: number): boolean {
    return this.has(index) && kindOf(this.node(index)) === 'named_argument';
  }

  isStar(index: number): boolean {
    return this.has(index) && kindOf(this.node(index)) === 'star';
  }

  /** An aggregate or window function of DuckDB with this call's clauses. */
  aggregate(name: string, args: string, order?: string): string {
    const distinct = this.clauses.distinct ? 'DISTINCT ' : '';
    const nulls = this.clauses.ignoreNulls ? ' IGNORE NULLS' : '';
    const by = order === undefined ? '' : ` ORDER BY ${order}`;
    const over = this.clauses.over ?? '';
    return `${name}(${distinct}${args}${by}${nulls})${this.clauses.filter}${over}`;
  }
}

/** A DuckDB expression cast to the DuckDB type of a Snowflake type. */
export function castAs(sql: string, type: SnowflakeType): Typed {
  return typed(`CAST(${sql} AS ${duckdbType(type)})`, type);
}

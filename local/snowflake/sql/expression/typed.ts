import type { SnowflakeType } from '../../types.ts';
import { TEXT, textType } from '../types/names.ts';

/**
 * A DuckDB expression and the Snowflake type of its value; null for an untyped NULL. The
 * expression's DuckDB type is `duckdbType(type)` exactly. `sql` binds as tightly as a primary: it
 * is put in parentheses where it must be.
 */
export interface Typed {
  readonly sql: string;
  readonly type: SnowflakeType | null;
  /** Value of a string or number literal, for what DuckDB wants constant. */
  readonly constant?: string;
  /** False when it is known not to be NULL. */
  readonly nullable?: boolean;
}

export const NULL_VALUE: Typed = { sql: 'NULL', type: null };

/** Text joined with a bare NULL: DuckDB would give the result another type. */
export const NULL_TEXT: Typed = { sql: 'CAST(NULL AS VARCHAR)', type: TEXT };

export function typed(sql: string, type: SnowflakeType | null): Typed {
  return { sql, type };
}

/** A string as a DuckDB literal. */
export function quoteText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A name as a DuckDB identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function textLiteral(value: string): Typed {
  const type = value === '' ? textType(1) : textType([...value].length);
  return { sql: quoteText(value), type: { ...TEXT, ...type }, constant: value, nullable: false };
}

import type { QualifiedName } from './model.ts';

/** A DuckDB identifier. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A DuckDB string literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `DB.SCHEMA.NAME` as messages show it; parts that would not survive unquoted are quoted. */
export function displayName(parts: readonly (string | null)[]): string {
  return parts
    .filter((part) => part !== null)
    .map((part) => (/^[A-Z_][A-Z0-9_$]*$/.test(part) ? part : quote(part)))
    .join('.');
}

export function displayObject({ database, schema, name }: QualifiedName): string {
  return displayName([database, schema, name]);
}

/** The DuckDB schema that holds a Snowflake schema. */
export function duckdbSchema(database: string, schema: string): string {
  return quote(`${database}.${schema}`);
}

/** DuckDB name of a table or sequence. */
export function duckdbName({ database, schema, name }: QualifiedName): string {
  return `${duckdbSchema(database ?? '', schema ?? '')}.${quote(name)}`;
}

/**
 * DuckDB name of a temporary table or view of one session: DuckDB's temporary catalog has one
 * schema only.
 */
export function temporaryName({ database, schema, name }: QualifiedName): string {
  return `temp.main.${quote(`${database}.${schema}.${name}`)}`;
}

import type { CatalogColumn, TableObject } from '../../catalog/model.ts';
import { quote } from '../../catalog/names.ts';
import { duckdbType } from '../../types.ts';
import { physicalName } from '../scope.ts';

/** What a column takes where an INSERT leaves it out; null when that is NULL. */
export function defaultValueSql({ identity, defaultSql }: CatalogColumn): string | null {
  return identity ? `nextval('${identity.sequence.replaceAll("'", "''")}')` : defaultSql;
}

function columnSql(column: CatalogColumn): string {
  const value = defaultValueSql(column);
  const byDefault = value === null ? '' : ` DEFAULT (${value})`;
  const notNull = column.nullable ? '' : ' NOT NULL';
  return `${quote(column.name)} ${duckdbType(column.type)}${byDefault}${notNull}`;
}

/**
 * CREATE TABLE of DuckDB; keys are declared in the catalog only, as Snowflake does not enforce
 * them.
 */
export function createTableSql(table: TableObject, name = physicalName(table)): string {
  const temporary = table.persistence === 'temporary' ? 'TEMP ' : '';
  return `CREATE ${temporary}TABLE ${name} (${table.columns.map(columnSql).join(', ')})`;
}

/** CREATE SEQUENCE of DuckDB for each identity column of a table. */
export function createIdentitiesSql({ columns }: Pick<TableObject, 'columns'>): string[] {
  return columns.flatMap(({ identity }) =>
    identity ? [createSequenceSql(identity.sequence, identity.start, identity.increment)] : [],
  );
}

export function createSequenceSql(name: string, start: number, increment: number): string {
  const bound = '9223372036854775807';
  const temporary = name.startsWith('temp.') ? 'TEMP ' : '';
  return (
    `CREATE ${temporary}SEQUENCE ${name} START ${start} INCREMENT ${increment} ` +
    `MINVALUE -${bound} MAXVALUE ${bound}`
  );
}

/** Statements that drop a table and the sequences of its identity columns. */
export function dropTableSql(table: TableObject): string[] {
  const sequences = table.columns.flatMap(({ identity }) => (identity ? [identity.sequence] : []));
  return [
    `DROP TABLE ${physicalName(table)}`,
    ...sequences.map((sequence) => `DROP SEQUENCE ${sequence}`),
  ];
}

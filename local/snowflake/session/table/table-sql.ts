import type { CatalogColumn, TableObject } from '../../catalog/model.ts';
import { quote } from '../../catalog/names.ts';
import { duckdbType } from '../../types.ts';
import { physicalName } from '../scope.ts';

function columnSql({ name, type, nullable, defaultSql, identity }: CatalogColumn): string {
  const value = identity ? `nextval('${identity.sequence.replaceAll("'", "''")}')` : defaultSql;
  const byDefault = value === null ? '' : ` DEFAULT (${value})`;
  return `${quote(name)} ${duckdbType(type)}${byDefault}${nullable ? '' : ' NOT NULL'}`;
}

/** CREATE TABLE of DuckDB; keys are declared in the catalog only, as Snowflake does not enforce them. */
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

import type { CatalogColumn, TableObject } from '../../catalog/model.ts';
import { duckdbName, quote, quoteText } from '../../catalog/names.ts';
import { duckdbType } from '../../types.ts';
import { createHistorySql, forgetSql, ROW_ID_COLUMN } from '../../versions/layout.ts';
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
 * them. Tables that others see have row ids and a history.
 */
export function createTableSql(table: TableObject): string[] {
  const columns = table.columns.map(columnSql);
  const name = physicalName(table);
  if (table.persistence === 'temporary')
    return [`CREATE TEMP TABLE ${name} (${columns.join(', ')})`];
  return [
    `CREATE TABLE ${name} (${[...columns, ROW_ID_COLUMN].join(', ')})`,
    createHistorySql(table),
  ];
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

/**
 * Statements that drop a table, the sequences of its identity columns and its history for good;
 * `name` is where DuckDB has it.
 */
export function dropTableSql(table: TableObject, name = physicalName(table)): string[] {
  const sequences = table.columns.flatMap(({ identity }) => (identity ? [identity.sequence] : []));
  return [
    `DROP TABLE ${name}`,
    ...sequences.map((sequence) => `DROP SEQUENCE ${sequence}`),
    ...(table.persistence === 'temporary' ? [] : forgetSql(table)),
  ];
}

/** Where DuckDB has a table that has been dropped and may come back. */
export function droppedTableName(table: TableObject): string {
  return duckdbName({ ...table, name: `_sf_dropped_${table.id}` });
}

/** Whether a default takes its values from a sequence of its own name, which must stay droppable. */
function usesSequence({ columns }: TableObject): boolean {
  return columns.some(({ identity, defaultSql }) => !identity && /nextval/i.test(defaultSql ?? ''));
}

/** Statements that put a table aside, from where UNDROP brings it back. */
export function retireTableSql(table: TableObject, now: Date): string[] {
  const isKept = table.persistence !== 'temporary' && table.retentionDays > 0;
  if (!isKept || usesSequence(table)) return dropTableSql(table);
  return [
    `INSERT INTO _sf.dropped_tables VALUES (${table.id}, ${now.getTime()}, ${quoteText(JSON.stringify(table))})`,
    `ALTER TABLE ${physicalName(table)} RENAME TO ${quote(`_sf_dropped_${table.id}`)}`,
  ];
}

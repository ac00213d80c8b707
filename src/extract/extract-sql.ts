import type { ExtractQuery } from '../model/pipeline.ts';
import { quoteName } from '../model/sql-text.ts';
import type { Window } from '../model/window.ts';
import type { SourceColumn } from '../ports/warehouse.ts';
import type { ContractColumn } from './apply-contract.ts';
import { contractValue, fetchedColumn } from './project-column.ts';
import type { Deletes } from './read-deletes.ts';
import { requireWatermarkKind } from './watermark-kind.ts';

/** What comes after FROM: the table as it is written in pipeline.yml, or the query in brackets. */
function fromClause(query: Pick<ExtractQuery, 'table' | 'sql'>, alias?: string): string {
  if (query.table !== undefined) return query.table + (alias === undefined ? '' : ` AS ${alias}`);
  const sql = (query.sql ?? '').trim().replace(/;$/, '');
  return `(\n${sql}\n) AS ${alias ?? 'source_rows'}`;
}

export interface WindowSelection {
  readonly query: Pick<ExtractQuery, 'table' | 'sql'>;
  readonly window: Window | null;
  readonly watermarkColumn: SourceColumn | null;
  /** Whether rows without a watermark, which are in no window, are taken as well. */
  readonly takesNulls: boolean;
  /** Keys of deleted rows that are taken as well. */
  readonly deletes?: Deletes | null;
}

/** `>= from AND < to`, or `<= to` of a closed window; and the rows that have no watermark. */
function windowPredicate(window: Window, column: SourceColumn, takesNulls: boolean): string {
  const name = quoteName(column.name);
  const kind = requireWatermarkKind(column);
  const lower = window.from === null ? [] : [`${name} >= ${kind.literal(window.from)}`];
  const upper = `${name} ${window.closed ? '<=' : '<'} ${kind.literal(window.to)}`;
  const inside = [...lower, upper].join(' AND ');
  return takesNulls ? `(${inside} OR ${name} IS NULL)` : inside;
}

function whereClause({ window, watermarkColumn, takesNulls }: WindowSelection): string {
  if (watermarkColumn === null) return '';
  if (window !== null) return `\nWHERE ${windowPredicate(window, watermarkColumn, takesNulls)}`;
  return takesNulls ? '' : `\nWHERE ${quoteName(watermarkColumn.name)} IS NOT NULL`;
}

/** The rows of a window that are there, from FROM on. */
const rowsSql = (selection: WindowSelection): string =>
  `FROM ${fromClause(selection.query)}${whereClause(selection)}`;

/** Describes what a query returns, without reading a row. */
export const describeSql = (query: WindowSelection['query']): string =>
  `SELECT * FROM ${fromClause(query)} LIMIT 0`;

/** Keys that went and that no row has now: a key that came back is there. */
function deletedFrom({ query }: WindowSelection, { sql, key }: Deletes): string {
  const same = key
    .map(({ name }) => `kept.${quoteName(name)} = gone.${quoteName(name)}`)
    .join(' AND ');
  const kept = `SELECT 1 FROM ${fromClause(query, 'kept')}\n  WHERE ${same}`;
  return `FROM (\n${sql}\n) AS gone\nWHERE NOT EXISTS (\n  ${kept}\n)`;
}

type Show = (column: ContractColumn) => string;

/** A column of a deleted row: its key, and nothing else of it. */
function deletedColumn(column: ContractColumn, { key }: Deletes, show: Show): string {
  if (column.read === 'change') return `'delete' AS ${quoteName(column.name)}`;
  const isKey = key.some(({ name }) => name === column.name);
  return show(isKey ? column : { ...column, read: 'null' });
}

/** Rows that are there, then deleted ones. */
function unionSql(
  selection: WindowSelection,
  columns: readonly ContractColumn[],
  show: Show,
): string {
  const rows = `SELECT ${columns.map(show).join(', ')}\n${rowsSql(selection)}`;
  const { deletes } = selection;
  if (!deletes?.sql) return rows;
  const deleted = columns.map((column) => deletedColumn(column, deletes, show)).join(', ');
  return `${rows}\nUNION ALL\nSELECT ${deleted}\n${deletedFrom(selection, deletes)}`;
}

/** The rows of a window, columns by name, as they are fetched. */
export const selectSql = (selection: WindowSelection, columns: readonly ContractColumn[]): string =>
  unionSql(selection, columns, fetchedColumn);

/** The rows of a window, columns by name, in the types of their contract. */
export const contractSql = (
  selection: WindowSelection,
  columns: readonly ContractColumn[],
): string =>
  unionSql(selection, columns, (column) => `${contractValue(column)} AS ${quoteName(column.name)}`);

/** How many rows a window holds, deleted ones among them. */
export function countSql(selection: WindowSelection): string {
  const { deletes } = selection;
  if (!deletes?.sql) return `SELECT COUNT(*) ${rowsSql(selection)}`;
  const deleted = `SELECT 1 AS one ${deletedFrom(selection, deletes)}`;
  const both = `SELECT 1 AS one ${rowsSql(selection)}\nUNION ALL\n${deleted}`;
  return `SELECT COUNT(*) FROM (\n${both}\n) AS counted`;
}

/** Form in which an instant is read as text, with every digit. */
const INSTANT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF9';

const endSql = (
  query: WindowSelection['query'],
  column: SourceColumn,
  { end, asText }: { readonly end: 'MIN' | 'MAX'; readonly asText: boolean },
): string => {
  const value = `${end}(${quoteName(column.name)})`;
  const isDate = column.type === 'DATE';
  const text = isDate ? `TO_VARCHAR(${value})` : `TO_VARCHAR(${value}, '${INSTANT_FORMAT}')`;
  return `SELECT ${asText ? text : value} FROM ${fromClause(query)}`;
};

/** The greatest value of a column; null when it has none. */
export const greatestSql = (
  query: WindowSelection['query'],
  column: SourceColumn,
  { asText = false } = {},
): string => endSql(query, column, { end: 'MAX', asText });

/** The least value of a column; null when it has none. */
export const leastSql = (
  query: WindowSelection['query'],
  column: SourceColumn,
  { asText = false } = {},
): string => endSql(query, column, { end: 'MIN', asText });

/**
 * A table as it was at an instant of the source's clock.
 * https://docs.snowflake.com/en/sql-reference/constructs/at-before
 */
export const snapshotOf = (
  { table }: WindowSelection['query'],
  snapshotAt: string,
): WindowSelection['query'] => ({
  table: `${table} AT(TIMESTAMP => '${snapshotAt} +00:00'::TIMESTAMP_TZ(9))`,
});

/** How many rows have no value of a column. */
export const countNullsSql = (query: WindowSelection['query'], column: SourceColumn): string =>
  `SELECT COUNT(*) FROM ${fromClause(query)}\nWHERE ${quoteName(column.name)} IS NULL`;

/** Every key of the source. */
export const keysSql = (query: WindowSelection['query'], key: readonly ContractColumn[]): string =>
  `SELECT ${key.map(fetchedColumn).join(', ')}\nFROM ${fromClause(query)}`;

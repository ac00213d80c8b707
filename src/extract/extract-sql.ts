import type { ExtractQuery } from '../model/pipeline.ts';
import type { Window } from '../model/window.ts';
import type { SourceColumn } from '../ports/warehouse.ts';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** What comes after FROM: the table as it is written in pipeline.yml, or the query in brackets. */
function fromClause(query: Pick<ExtractQuery, 'table' | 'sql'>): string {
  if (query.table !== undefined) return query.table;
  const sql = (query.sql ?? '').trim().replace(/;$/, '');
  return `(\n${sql}\n) AS source_rows`;
}

/** A bound as a literal of the watermark column's own type, so that the source can prune by it. */
function boundLiteral(bound: string, column: SourceColumn): string {
  if (column.type === 'DATE') return `'${bound.slice(0, 10)}'::DATE`;
  if (column.type === 'TIMESTAMP_NTZ') return `'${bound}'::TIMESTAMP_NTZ(9)`;
  return `'${bound} +00:00'::${column.type}(9)`;
}

/** `>= from AND < to`; a first load also takes the rows that have no watermark. */
function windowPredicate(window: Window, column: SourceColumn): string {
  const name = quote(column.name);
  const before = `${name} < ${boundLiteral(window.to, column)}`;
  if (window.from === null) return `(${before} OR ${name} IS NULL)`;
  return `${name} >= ${boundLiteral(window.from, column)} AND ${before}`;
}

export interface WindowSelection {
  readonly query: Pick<ExtractQuery, 'table' | 'sql'>;
  readonly window: Window | null;
  readonly watermarkColumn: SourceColumn | null;
}

const whereClause = ({ window, watermarkColumn }: WindowSelection): string =>
  window === null || watermarkColumn === null
    ? ''
    : `\nWHERE ${windowPredicate(window, watermarkColumn)}`;

/** Describes what a query returns, without reading a row. */
export const describeSql = (query: WindowSelection['query']): string =>
  `SELECT * FROM ${fromClause(query)} LIMIT 0`;

/** The rows of a window, columns by name. */
export const selectSql = (selection: WindowSelection, columns: readonly SourceColumn[]): string =>
  `SELECT ${columns.map(({ name }) => quote(name)).join(', ')}\n` +
  `FROM ${fromClause(selection.query)}${whereClause(selection)}`;

/** How many rows a window holds. */
export const countSql = (selection: WindowSelection): string =>
  `SELECT COUNT(*) FROM ${fromClause(selection.query)}${whereClause(selection)}`;

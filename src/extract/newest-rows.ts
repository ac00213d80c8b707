import type { Manifest } from '../model/manifest.ts';
import { columnOfType } from '../model/source-type.ts';
import { duckdbText, quoteName } from '../model/sql-text.ts';
import type { SourceColumn } from '../ports/warehouse.ts';
import { CHANGE_COLUMN, isAddedColumn } from './choose-columns.ts';
import { requireWatermarkKind } from './watermark-kind.ts';

/** The columns of the source that a manifest's files have. */
export function comparedColumns({ columns }: Manifest): readonly SourceColumn[] {
  const names = new Set(columns.map(({ name }) => name));
  return columns
    .filter(({ name }) => name !== CHANGE_COLUMN && !isAddedColumn(name, names))
    .map(({ name, type, nullable }) => columnOfType(name, type, nullable));
}

/**
 * DuckDB SQL of the rows of bronze that the source should have: of each key the rows that the last
 * run with it has read (several where the source has copies), unless it was deleted; of a table that
 * is read whole, those of the last run. Rows without a key are versions of nothing but themselves.
 */
export function newestRowsSql(bronze: string, last: Manifest): string {
  if (last.watermarkColumn === null && last.deletes === 'none') {
    return `(SELECT * FROM ${bronze} WHERE extraction_timestamp = TIMESTAMP ${duckdbText(
      last.extractedAt.replace('T', ' ').replace('Z', ''),
    )}) AS newest`;
  }
  const key = last.key.map(quoteName);
  const row = comparedColumns(last).map(({ name }) => quoteName(name));
  const hasNoKey = key.map((name) => `${name} IS NULL`).join(' OR ');
  const version = `${key.join(', ')}, CASE WHEN ${hasNoKey} THEN row(${row.join(', ')}) END`;
  const kept = last.deletes === 'none' ? '' : `WHERE ${CHANGE_COLUMN} <> 'delete'`;
  return (
    `(SELECT * FROM (SELECT * FROM ${bronze}\n` +
    `  QUALIFY rank() OVER (PARTITION BY ${version} ORDER BY extraction_timestamp DESC) = 1)\n` +
    `${kept}) AS newest`
  );
}

/**
 * Snowflake SQL of the rows that the last window was planned over, as the source was then; a query
 * by sql is read as it is now.
 */
export function sourceRowsSql(
  query: { readonly table?: string | undefined; readonly sql?: string | undefined },
  last: Manifest,
): string {
  const at = `AT(TIMESTAMP => '${last.snapshotAt.replace('T', ' ').replace('Z', '')} +00:00'::TIMESTAMP_TZ(9))`;
  const from = query.table === undefined ? `(${query.sql}) AS source_rows` : `${query.table} ${at}`;
  const list = comparedColumns(last).map(({ name }) => quoteName(name));
  return `(SELECT ${list.join(', ')} FROM ${from}${beforeWatermark(last)}) AS compared`;
}

function beforeWatermark(last: Manifest): string {
  const column = last.columns.find(({ name }) => name === last.watermarkColumn);
  if (column === undefined || last.window === null) return '';
  const name = quoteName(column.name);
  const { literal: bound } = requireWatermarkKind(columnOfType(column.name, column.type));
  const operator = last.window.closed ? '<=' : '<';
  return ` WHERE ${name} ${operator} ${bound(last.window.to)} OR ${name} IS NULL`;
}

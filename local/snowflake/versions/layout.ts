import type { TableObject } from '../catalog/model.ts';
import { quote } from '../catalog/names.ts';
import { duckdbType } from '../types.ts';

/**
 * How DuckDB holds what a table was. Every shared table has a hidden row id from one sequence, which
 * only ever grows: the rows that were there at a version are those up to its mark. An UPDATE keeps
 * the id. Before a statement changes or deletes rows, it copies them into the table's history, with
 * its own version as the one until which they counted. So the image of a row at a version is the
 * oldest in the history that counted until a later one, otherwise the one in the table, and an
 * INSERT costs nothing but the id. A change of columns begins a new generation: the table before it
 * is archived as it was.
 */
export const ROW_ID = '"_sf_rid"';

/** The version with which an image in the history ceased to count. */
export const UNTIL = '"_sf_until"';

/** The column that CREATE TABLE adds; nothing that names columns ever names it. */
export const ROW_ID_COLUMN = `${ROW_ID} BIGINT DEFAULT (nextval('_sf.row_ids'))`;

/** No primary keys: DuckDB cannot delete and insert one key in the same transaction. */
export const VERSION_TABLES = `
CREATE SCHEMA IF NOT EXISTS _sf;
CREATE SCHEMA IF NOT EXISTS _sf_history;
CREATE SEQUENCE IF NOT EXISTS _sf.row_ids;
CREATE TABLE IF NOT EXISTS _sf.table_versions (
  version BIGINT NOT NULL, table_id BIGINT NOT NULL, generation INTEGER NOT NULL, query_id VARCHAR NOT NULL,
  mark BIGINT NOT NULL, is_base BOOLEAN NOT NULL, committed_at BIGINT
);
CREATE TABLE IF NOT EXISTS _sf.generations (
  table_id BIGINT NOT NULL, generation INTEGER NOT NULL, body JSON NOT NULL
);
CREATE TABLE IF NOT EXISTS _sf.dropped_tables (
  table_id BIGINT NOT NULL, dropped_at BIGINT NOT NULL, body JSON NOT NULL
);
CREATE TABLE IF NOT EXISTS _sf.stream_offsets (
  stream_id BIGINT NOT NULL, version BIGINT NOT NULL, is_initial BOOLEAN NOT NULL, consumed_at BIGINT NOT NULL
)`;

type Generation = Pick<TableObject, 'id' | 'generation'>;

/** Counts the changes of a table's columns. */
export function generationOf({ generation }: Pick<TableObject, 'generation'>): number {
  return generation ?? 0;
}

/** DuckDB name of the history of one generation of a table. */
export function historyName(table: Generation): string {
  return `_sf_history.history_${table.id}_${generationOf(table)}`;
}

/** DuckDB name of the rows that a generation of a table ended with. */
export function archiveName(table: Generation): string {
  return `_sf_history.archive_${table.id}_${generationOf(table)}`;
}

/** CREATE TABLE of the history of a table's generation. */
export function createHistorySql(table: TableObject): string {
  const columns = table.columns.map(({ name, type }) => `${quote(name)} ${duckdbType(type)}`);
  return `CREATE TABLE ${historyName(table)} (${columns.join(', ')}, ${ROW_ID} BIGINT, ${UNTIL} BIGINT)`;
}

/** Statements that remove all that is kept of a table besides its rows. */
export function forgetSql(table: Generation): string[] {
  const generations = Array.from({ length: generationOf(table) + 1 }, (_, generation) => ({
    id: table.id,
    generation,
  }));
  return [
    ...generations.map((each) => `DROP TABLE IF EXISTS ${historyName(each)}`),
    ...generations.map((each) => `DROP TABLE IF EXISTS ${archiveName(each)}`),
    `DELETE FROM _sf.table_versions WHERE table_id = ${table.id}`,
    `DELETE FROM _sf.generations WHERE table_id = ${table.id}`,
    `DELETE FROM _sf.dropped_tables WHERE table_id = ${table.id}`,
  ];
}

/**
 * Whether old rows of a table are kept: for its retention, and for streams whatever the retention.
 * Temporary tables have no history here.
 */
export function keepsHistory(table: TableObject): boolean {
  if (table.persistence === 'temporary') return false;
  return table.retentionDays > 0 || table.isChangeTracked;
}

import type { TableObject } from '../catalog/model.ts';
import { quote, quoteText } from '../catalog/names.ts';
import type { ScopeColumn } from '../sql/scope.ts';
import { BOOLEAN, TEXT } from '../sql/types/names.ts';
import { duckdbType } from '../types.ts';
import { historyName, ROW_ID, UNTIL } from './layout.ts';

/** A version of a table that is to be read. */
export interface TableState {
  readonly version: number;
  readonly mark: number;
  /** The table with the columns it had. */
  readonly table: TableObject;
  /** DuckDB name of its rows: the table's own, or its archive's. */
  readonly rows: string;
}

/** Columns that changes have besides the table's. */
export const CHANGE_COLUMNS: readonly ScopeColumn[] = [
  { name: 'METADATA$ACTION', type: { ...TEXT, length: 6 }, nullable: false },
  { name: 'METADATA$ISUPDATE', type: BOOLEAN, nullable: false },
  { name: 'METADATA$ROW_ID', type: { ...TEXT, length: 40 }, nullable: false },
];

/** Before every row: the state that initial rows are changes to. */
export function emptyState(state: TableState): TableState {
  return { ...state, version: -1, mark: -1 };
}

function names({ columns }: TableObject): string[] {
  return columns.map(({ name }) => quote(name));
}

/** Images that history holds of rows as they were at a version: the oldest until a later one. */
function oldImages({ table }: TableState, version: number, cells: string, where: string): string {
  const history = historyName(table);
  return (
    `SELECT ${cells} FROM ${history} WHERE ${UNTIL} > ${version} AND ${where} ` +
    `QUALIFY row_number() OVER (PARTITION BY ${ROW_ID} ORDER BY ${UNTIL}) = 1`
  );
}

/**
 * Rows whose id passes a test, each as it was at a version, or as it was inserted when that was
 * later.
 */
function images(state: TableState, version: number, cells: string, where: string): string {
  const later = `SELECT ${ROW_ID} FROM ${historyName(state.table)} WHERE ${UNTIL} > ${version}`;
  return (
    `SELECT ${cells} FROM ${state.rows} ` +
    `WHERE ${where} AND ${ROW_ID} NOT IN (${later}) ` +
    `UNION ALL (${oldImages(state, version, cells, where)})`
  );
}

/** DuckDB query of a table's rows at a version. */
export function stateSql(state: TableState): string {
  const cells = names(state.table).join(', ');
  return images(state, state.version, cells, `${ROW_ID} <= ${state.mark}`);
}

/** The cells of the newer columns over a row of the older table: NULL where it has none. */
function fitCells(from: TableObject, to: TableObject): string[] {
  const known = new Set(from.columns.map(({ name }) => name));
  return to.columns.map(({ name, type }) =>
    known.has(name)
      ? `CAST(${quote(name)} AS ${duckdbType(type)}) AS ${quote(name)}`
      : `CAST(NULL AS ${duckdbType(type)}) AS ${quote(name)}`,
  );
}

/** Rows that are new since `from`, as they were inserted. */
function insertedSql(from: TableState, to: TableState, asInserted: boolean): string {
  const cells = [...names(to.table), ROW_ID].join(', ');
  const range = `${ROW_ID} > ${from.mark} AND ${ROW_ID} <= ${to.mark}`;
  const isOne = from.table.generation === to.table.generation;
  return images(to, asInserted && isOne ? from.version : to.version, cells, range);
}

/** Rows that were there at `from` and have changed or gone by `to`, as they were. */
function changedSql(from: TableState, to: TableState): string {
  const cells = [...fitCells(from.table, to.table), ROW_ID].join(', ');
  const where = `${ROW_ID} <= ${from.mark}`;
  if (from.table.generation !== to.table.generation) {
    return images(from, from.version, cells, where);
  }
  const old = oldImages(from, from.version, `${cells}, ${UNTIL}`, where);
  const items = [...names(to.table), ROW_ID].join(', ');
  return `SELECT ${items} FROM (${old}) WHERE ${UNTIL} <= ${to.version}`;
}

function changeRow(to: TableObject, alias: string, action: string, isUpdate: string): string {
  const cells = names(to).map((name) => `${alias}.${name}`);
  const rowId = `sha1(${quoteText(`${to.id}:`)} || CAST(${alias}.${ROW_ID} AS VARCHAR))`;
  return [...cells, quoteText(action), isUpdate, rowId].join(', ');
}

/**
 * DuckDB query of the changes from one state to a later one: the table's columns and
 * CHANGE_COLUMNS. Append-only gives every row that was inserted, as it was inserted; otherwise the
 * net changes, an update being a DELETE and an INSERT.
 * https://docs.snowflake.com/en/user-guide/streams-intro#types-of-streams
 */
export function changesSql(from: TableState, to: TableState, isAppendOnly: boolean): string {
  const list = [...to.table.columns, ...CHANGE_COLUMNS].map(({ name }) => quote(name));
  const inserted =
    `SELECT ${changeRow(to.table, '_sf_i', 'INSERT', 'FALSE')} ` +
    `FROM (${insertedSql(from, to, isAppendOnly)}) AS _sf_i`;
  const rows = isAppendOnly ? inserted : `${inserted} UNION ALL ${replacedSql(from, to)}`;
  return `SELECT * FROM (${rows}) AS _sf_changes(${list.join(', ')})`;
}

function replacedSql(from: TableState, to: TableState): string {
  const shared = new Set(from.table.columns.map(({ name }) => name));
  const tests = names(to.table)
    .filter((_, at) => shared.has(to.table.columns[at]?.name ?? ''))
    .map((name) => `_sf_n.${name} IS DISTINCT FROM _sf_o.${name}`);
  const differs = tests.length > 0 ? `(${tests.join(' OR ')})` : 'FALSE';
  const cells = [...names(to.table), ROW_ID].join(', ');
  const ids = `${ROW_ID} <= ${from.mark} AND ${ROW_ID} IN (SELECT ${ROW_ID} FROM _sf_old)`;
  const joined = `_sf_old AS _sf_o LEFT JOIN _sf_new AS _sf_n ON _sf_n.${ROW_ID} = _sf_o.${ROW_ID}`;
  const isThere = `_sf_n.${ROW_ID} IS NOT NULL`;
  return (
    `(WITH _sf_old AS (${changedSql(from, to)}), ` +
    `_sf_new AS (${images(to, to.version, cells, ids)}) ` +
    `SELECT ${changeRow(to.table, '_sf_o', 'DELETE', isThere)} FROM ${joined} ` +
    `WHERE NOT (${isThere}) OR ${differs} UNION ALL ` +
    `SELECT ${changeRow(to.table, '_sf_n', 'INSERT', 'TRUE')} FROM ${joined} ` +
    `WHERE ${isThere} AND ${differs})`
  );
}

import type { StreamObject } from '../../catalog/model.ts';
import { displayObject } from '../../catalog/names.ts';
import { baseTable, isStale, staleAfter } from '../../stream/read-stream.ts';
import { textColumn, timeColumn, wireTime } from '../answer.ts';
import type { SessionState } from '../session-state.ts';
import type { ShowKind, ShowRow } from './show.ts';

const NO_TABLE = 'No privilege or table dropped';

/** A stream as SHOW and DESCRIBE show it. */
export function streamRow({ engine }: SessionState, stream: StreamObject): ShowRow {
  const { name, database, schema } = stream;
  const table = baseTable(engine, stream);
  const offset = engine.versions.offset(stream.id);
  const isGone = !table || !offset || isStale(engine, table, offset);
  const tableName = table ? displayObject(table) : NO_TABLE;
  return {
    ...{ name, database, schema },
    cells: [
      wireTime(stream.createdAt),
      ...[name, database, schema, stream.owner, stream.comment ?? ''],
      ...[tableName, 'Table', tableName, 'DELTA'],
      String(isGone),
      stream.isAppendOnly ? 'APPEND_ONLY' : 'DEFAULT',
      table && offset ? wireTime(staleAfter(table, offset)) : null,
      ...[table ? 'N/A' : 'Base table dropped', 'ROLE'],
    ],
  };
}

/** https://docs.snowflake.com/en/sql-reference/sql/show-streams */
export const STREAMS: ShowKind = {
  words: ['STREAMS'],
  level: 'schema',
  columns: [
    timeColumn('created_on'),
    ...['name', 'database_name', 'schema_name', 'owner', 'comment', 'table_name'].map(textColumn),
    ...['source_type', 'base_tables', 'type', 'stale', 'mode'].map(textColumn),
    timeColumn('stale_after'),
    ...['invalid_reason', 'owner_role_type'].map(textColumn),
  ],
  rows: (session) =>
    session.engine.catalog.list('STREAM').map((stream) => streamRow(session, stream)),
};

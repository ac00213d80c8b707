import type { StreamObject, TableObject } from '../catalog/model.ts';
import { displayObject } from '../catalog/names.ts';
import { physicalName } from '../session/scope.ts';
import type { EngineParts, SessionState } from '../session/session-state.ts';
import type { ScopeRelation } from '../sql/scope.ts';
import { SnowflakeError } from '../statement.ts';
import { stateOf } from '../versions/points.ts';
import {
  CHANGE_COLUMNS,
  changesSql,
  emptyState,
  type TableState,
} from '../versions/table-state.ts';
import type { StreamOffset } from '../versions/version-log.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** https://docs.snowflake.com/en/sql-reference/parameters#max-data-extension-time-in-days */
const EXTENSION_DAYS = 14;

/** What a stream would give now, and where it stands once that has been consumed. */
export interface StreamReading {
  readonly from: TableState;
  readonly to: TableState;
  readonly next: number;
}

/** The table a stream is on, unless it has been dropped or replaced. */
export function baseTable({ catalog }: EngineParts, stream: StreamObject): TableObject | undefined {
  const found = catalog.withId(stream.tableId);
  return found?.kind === 'TABLE' ? found : undefined;
}

/**
 * When a stream goes stale unless it is consumed before: the longer of its table's retention and
 * extension after it was consumed last. https://docs.snowflake.com/en/user-guide/streams-manage
 */
export function staleAfter(table: TableObject, { consumedAt }: StreamOffset): Date {
  const days = Math.max(table.retentionDays, table.extensionDays ?? EXTENSION_DAYS);
  return new Date(consumedAt + days * DAY_MS);
}

/** Whether the changes since a stream's offset cannot be had any more. */
export function isStale(
  { versions, now }: EngineParts,
  table: TableObject,
  offset: StreamOffset,
): boolean {
  const isGone = versions.at(table.id, offset.version) === undefined;
  return isGone || now().getTime() > staleAfter(table, offset).getTime();
}

/** @throws SnowflakeError when its table is gone or its offset is beyond the retention. */
export function readStream(session: SessionState, stream: StreamObject): StreamReading {
  const { engine, recorder } = session;
  const { versions } = engine;
  const table = baseTable(engine, stream);
  if (!table) throw baseTableDropped(stream);
  const offset = versions.offset(stream.id);
  if (!offset || isStale(engine, table, offset)) throw stale(stream);
  const state = (version: number) => {
    const found = versions.at(table.id, version);
    if (!found) throw stale(stream);
    return stateOf(table, found, versions, physicalName(table));
  };
  const start = state(offset.version);
  if (offset.isInitial) return { from: emptyState(start), to: start, next: offset.version };
  const next = Math.max(recorder.horizon, offset.version);
  return { from: start, to: state(next), next };
}

/** The changes in a stream as a relation for FROM. */
export function streamRelation(stream: StreamObject, { from, to }: StreamReading): ScopeRelation {
  return {
    duckdbName: `(${changesSql(from, to, stream.isAppendOnly)})`,
    columns: [...to.table.columns, ...CHANGE_COLUMNS],
    isReadOnly: true,
  };
}

function baseTableDropped(stream: StreamObject): SnowflakeError {
  return new SnowflakeError(
    '091901',
    '02000',
    `SQL compilation error:\nBase table '${displayObject(stream.table)}' dropped, ` +
      `cannot read from stream '${displayObject(stream)}'.`,
  );
}

function stale(stream: StreamObject): SnowflakeError {
  return new SnowflakeError(
    '091902',
    '02000',
    `SQL execution error: Stream '${displayObject(stream)}' has become stale: its offset is beyond the ` +
      `retention of table '${displayObject(stream.table)}'. Make it anew by CREATE OR REPLACE STREAM.`,
  );
}

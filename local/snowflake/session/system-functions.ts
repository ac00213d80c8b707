import type { ScopeValue } from '../sql/scope.ts';
import { BOOLEAN, INTEGER } from '../sql/types/names.ts';
import { readStream, streamRelation } from '../stream/read-stream.ts';
import { TokenReader } from './parse/token-reader.ts';
import { missingObject, type SessionState } from './session-state.ts';

/** Where names without database or schema are looked up. */
interface Place {
  readonly database: string | null;
  readonly schema: string | null;
}

type SystemFunction = (
  session: SessionState,
  args: readonly string[],
  place: Place,
) => ScopeValue | undefined;

function namedStream(session: SessionState, [text = '']: readonly string[], place: Place) {
  const parts = new TokenReader(text).name();
  const found = session.findStream(parts, place.database, place.schema);
  if (!found) throw missingObject(session, 'Stream', parts);
  return found;
}

/** Milliseconds as the nanoseconds that these functions answer. */
function nanoseconds(millis: number): ScopeValue {
  return { value: String(BigInt(millis) * 1_000_000n), type: INTEGER };
}

/** https://docs.snowflake.com/en/sql-reference/functions/system_stream_has_data */
const streamHasData: SystemFunction = (session, args, place) => {
  const stream = namedStream(session, args, place);
  const reading = readStream(session, stream);
  if (reading.from.version === reading.to.version) return { sql: 'FALSE', type: BOOLEAN };
  const { duckdbName } = streamRelation(stream, reading);
  return { sql: `EXISTS (SELECT 1 FROM ${duckdbName})`, type: BOOLEAN };
};

/**
 * Nanoseconds of the table version at a stream's offset.
 * https://docs.snowflake.com/en/sql-reference/functions/system_stream_get_table_timestamp
 */
const streamTableTimestamp: SystemFunction = (session, args, place) => {
  const stream = namedStream(session, args, place);
  const { versions } = session.engine;
  const offset = versions.offset(stream.id)?.version ?? 0;
  return nanoseconds(versions.at(stream.tableId, offset)?.committedAt ?? 0);
};

/** https://docs.snowflake.com/en/sql-reference/functions/system_last_change_commit_time */
const lastChangeCommitTime: SystemFunction = (session, [text = ''], place) => {
  const parts = new TokenReader(text).name();
  const found = session.findRelation(parts, place.database, place.schema);
  if (found?.kind !== 'TABLE') throw missingObject(session, 'Table', parts);
  return nanoseconds(session.engine.versions.versions(found.id).at(-1)?.committedAt ?? 0);
};

/** Functions that ask the engine; their arguments are literals. */
export const SYSTEM_FUNCTIONS: Readonly<Record<string, SystemFunction>> = {
  SYSTEM$STREAM_HAS_DATA: streamHasData,
  SYSTEM$STREAM_GET_TABLE_TIMESTAMP: streamTableTimestamp,
  SYSTEM$LAST_CHANGE_COMMIT_TIME: lastChangeCommitTime,
};

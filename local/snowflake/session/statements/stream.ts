import type { QualifiedName, StreamObject, TableObject } from '../../catalog/model.ts';
import { unsupported } from '../../sql/errors.ts';
import type { Travel } from '../../sql/syntax/travels.ts';
import { requireTracking } from '../../versions/points.ts';
import { resolveTravel } from '../../versions/resolve-travel.ts';
import type { StreamOffset } from '../../versions/version-log.ts';
import { answerRows, type Handler, STATEMENT_TYPE, type Statement } from '../answer.ts';
import { changeCatalog, newObject } from '../change-catalog.ts';
import { type CreateStream, parseCreateStream } from '../parse/create-stream.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { STREAMS, streamRow } from '../show/streams.ts';
import { withTracking } from '../table/change-tracking.ts';
import { makeRoom, wrongKind } from '../table/replace-object.ts';
import type { Work } from '../transaction.ts';

const DONE = 'Statement executed successfully.';

/** A new stream, where it stands, and its table with its changes tracked from now on. */
interface Draft {
  readonly stream: Pick<StreamObject, 'tableId' | 'table' | 'isAppendOnly'>;
  readonly offset: StreamOffset;
  readonly table: TableObject | undefined;
}

/** CREATE STREAM … ON TABLE, or CLONE of a stream with its offset. */
export const createStream: Handler = (session, statement) => {
  const create = parseCreateStream(statement.reader);
  return changeCatalog(session, statement, async (work) => {
    const name = session.requireName(create.name, 'CREATE STREAM');
    const draft = await draftOf(session, statement, work, create);
    const room = await makeRoom(session, work, 'STREAM', name, create);
    if (room === 'exists') return { message: `${name.name} already exists, statement succeeded.` };
    const stream: StreamObject = {
      kind: 'STREAM',
      ...newObject(session, statement, name),
      ...draft.stream,
      comment: create.comment,
    };
    const { version, isInitial, consumedAt } = draft.offset;
    await work.run(
      `INSERT INTO _sf.stream_offsets VALUES (${stream.id}, ${version}, ${isInitial}, ${consumedAt})`,
    );
    const put = draft.table ? [draft.table, stream] : [stream];
    return { put, remove: room, message: `Stream ${name.name} successfully created.` };
  });
};

async function draftOf(
  session: SessionState,
  statement: Statement,
  work: Work,
  create: CreateStream,
): Promise<Draft> {
  const { source } = create;
  if (source.kind === 'clone') return cloneOf(session, findStream(session, source.stream));
  const found = session.findRelation(source.table);
  if (!found) throw missingObject(session, 'Table', source.table);
  if (found.kind !== 'TABLE') throw wrongKind(found, 'TABLE');
  if (session.isTemporary(found)) throw unsupported('CREATE STREAM ON a temporary TABLE');
  const { database, schema, name } = found;
  const table: QualifiedName = { database, schema, name };
  const now = statement.now.getTime();
  const version = await startVersion(session, statement, work, found, source.from);
  return {
    stream: { tableId: found.id, table, isAppendOnly: create.isAppendOnly },
    offset: { version, isInitial: create.isInitial, consumedAt: now },
    table: found.isChangeTracked
      ? undefined
      : withTracking(found, { ...found, isChangeTracked: true }, now),
  };
}

/** The version a stream starts from: the newest, or the one of AT or BEFORE. */
async function startVersion(
  session: SessionState,
  statement: Statement,
  work: Work,
  table: TableObject,
  from: Travel['from'] | null,
): Promise<number> {
  if (!from) return session.engine.versions.last;
  const { found, at } = await resolveTravel(session, statement, work, table, from);
  if (from.point.kind !== 'STREAM') requireTracking(table, at);
  return found.version;
}

function cloneOf(session: SessionState, stream: StreamObject): Draft {
  const offset = session.engine.versions.offset(stream.id);
  if (!offset) throw missingObject(session, 'Stream', [stream.name]);
  const { tableId, table, isAppendOnly } = stream;
  return { stream: { tableId, table, isAppendOnly }, offset, table: undefined };
}

function findStream(session: SessionState, parts: readonly string[]): StreamObject {
  const found = session.findStream(parts);
  if (!found) throw missingObject(session, 'Stream', parts);
  return found;
}

/** ALTER STREAM [IF EXISTS] name SET COMMENT = … | UNSET COMMENT. */
export const alterStream: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('ALTER', 'STREAM');
  const ifExists = reader.accept('IF', 'EXISTS');
  const parts = reader.name();
  const isUnset = reader.accept('UNSET');
  if (!isUnset && !reader.accept('SET')) throw unsupported('that ALTER STREAM');
  if (!reader.accept('COMMENT')) throw unsupported(`ALTER STREAM … ${reader.peek()?.text ?? ''}`);
  const comment = isUnset ? null : reader.optionValue();
  reader.expectEnd();
  return changeCatalog(session, statement, async () => {
    const found = session.findStream(parts);
    if (!found && ifExists) return { message: DONE };
    if (!found) throw missingObject(session, 'Stream', parts);
    return { put: [{ ...found, comment, alteredAt: statement.now }], message: DONE };
  });
};

/** DESCRIBE STREAM: the row of SHOW STREAMS. */
export const describeStream: Handler = async (session, statement) => {
  const { reader } = statement;
  if (!reader.accept('DESC')) reader.expect('DESCRIBE');
  reader.expect('STREAM');
  const stream = findStream(session, reader.name());
  reader.expectEnd();
  const { cells } = streamRow(session, stream);
  return answerRows(session, statement, STATEMENT_TYPE.describe, STREAMS.columns, [cells]);
};

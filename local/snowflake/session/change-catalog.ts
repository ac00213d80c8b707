import type { CatalogChange } from '../catalog/catalog.ts';
import type { ObjectKind, QualifiedName } from '../catalog/model.ts';
import { displayObject } from '../catalog/names.ts';
import { compilationError, unsupported } from '../sql/errors.ts';
import {
  type Answer,
  answerColumns,
  answerStatus,
  STATEMENT_TYPE,
  type Statement,
  textColumn,
} from './answer.ts';
import type { SessionState } from './session-state.ts';
import type { Work, WriteOptions } from './transaction.ts';

/** What a DDL statement did: its change of the catalog and its answer. */
export interface CatalogWork extends Partial<CatalogChange> {
  readonly message: string;
  /** Told once the change is committed, to change the session's context. */
  readonly onCommitted?: () => void;
}

/** How a session's writing statement waits and is cancelled. */
export function writeOptions(session: SessionState, statement: Statement): WriteOptions {
  const timeout = session.parameters.get('LOCK_TIMEOUT');
  return { lockTimeoutSeconds: Number(timeout), signal: statement.signal };
}

/**
 * Runs a DDL statement: what is open is committed first, then the objects and the catalog change in
 * one transaction of their own. https://docs.snowflake.com/en/sql-reference/transactions#ddl
 */
export async function changeCatalog(
  session: SessionState,
  statement: Statement,
  work: (work: Work) => Promise<CatalogWork>,
): Promise<Answer> {
  if (statement.describeOnly) return answerColumns(STATEMENT_TYPE.ddl, [textColumn('status')]);
  await session.transaction.commit();
  let change: CatalogChange = { put: [], remove: [] };
  let told: CatalogWork['onCommitted'];
  const onCommitted = () => {
    session.apply(change);
    told?.();
  };
  const options = { ...writeOptions(session, statement), onCommitted };
  const message = await session.transaction.write(options, async (each) => {
    const done = await work(each);
    change = { put: done.put ?? [], remove: done.remove ?? [] };
    told = done.onCommitted;
    await session.engine.catalog.write(each, session.sharedPart(change));
    session.recorder.structureChanged();
    return done.message;
  });
  return answerStatus(session, statement, STATEMENT_TYPE.ddl, message);
}

/** 002002: the name is taken. */
export function alreadyExists(name: QualifiedName): Error {
  return compilationError('002002', '42710', `Object '${displayObject(name)}' already exists.`);
}

/** Refuses a name that DuckDB cannot tell from one that is there. */
export function refuseCaseTwin(session: SessionState, kind: ObjectKind, name: QualifiedName): void {
  const twin = session.engine.catalog.caseTwin(kind, name);
  if (twin) {
    throw unsupported(
      `names that differ in case only: ${displayObject(name)} and ${displayObject(twin)}`,
    );
  }
}

/** What every new object has. */
export function newObject(session: SessionState, statement: Statement, name: QualifiedName) {
  return {
    id: session.engine.catalog.newId(),
    ...name,
    owner: session.context.role ?? 'PUBLIC',
    createdAt: statement.now,
    alteredAt: statement.now,
  };
}

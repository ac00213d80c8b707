import type { CatalogObject, ObjectKind, QualifiedName, TableObject } from '../../catalog/model.ts';
import { displayObject, duckdbName } from '../../catalog/names.ts';
import { compilationError } from '../../sql/errors.ts';
import { alreadyExists, refuseCaseTwin } from '../change-catalog.ts';
import { physicalName } from '../scope.ts';
import type { SessionState } from '../session-state.ts';
import type { Work } from '../transaction.ts';
import { dropTableSql, retireTableSql } from './table-sql.ts';

/** OR REPLACE and IF NOT EXISTS of a CREATE. */
export interface CreateMode {
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
}

/**
 * DuckDB statements that drop what stands behind an object for good. Views have nothing behind them.
 */
export function dropObjectSql(object: CatalogObject): string[] {
  if (object.kind === 'TABLE') return dropTableSql(object);
  if (object.kind === 'STREAM') {
    return [`DELETE FROM _sf.stream_offsets WHERE stream_id = ${object.id}`];
  }
  return object.kind === 'SEQUENCE' ? [`DROP SEQUENCE ${duckdbName(object)}`] : [];
}

/** Drops what stands behind an object; a table may come back by UNDROP. */
export async function retireObject(
  session: SessionState,
  work: Work,
  object: CatalogObject,
  now: Date,
): Promise<void> {
  if (object.kind !== 'TABLE') {
    for (const sql of dropObjectSql(object)) await work.run(sql);
    return;
  }
  const [row] = await work.rows(`SELECT count(*) AS n FROM ${physicalName(object)}`);
  session.recorder.noteKept(Number(row?.n));
  for (const sql of retireTableSql(object, now)) await work.run(sql);
}

function existing(
  session: SessionState,
  kind: ObjectKind,
  name: QualifiedName,
  persistence?: TableObject['persistence'],
): CatalogObject | undefined {
  const { catalog } = session.engine;
  if (kind !== 'TABLE' && kind !== 'VIEW' && kind !== 'STREAM') return catalog.find(kind, name);
  if (persistence === 'temporary') {
    const found = session.relationNamed(name);
    return found && session.isTemporary(found) ? found : undefined;
  }
  return catalog.named(name);
}

/**
 * Makes room for a new object: answers 'exists' when the statement is to do nothing, otherwise what
 * has been dropped.
 * @throws SnowflakeError 002002 when the name is taken.
 */
export async function makeRoom(
  session: SessionState,
  work: Work,
  kind: ObjectKind,
  name: QualifiedName,
  mode: CreateMode & { readonly persistence?: TableObject['persistence'] },
): Promise<'exists' | CatalogObject[]> {
  const found = existing(session, kind, name, mode.persistence);
  if (!found) {
    if (mode.persistence !== 'temporary') refuseCaseTwin(session, kind, name);
    return [];
  }
  if (mode.ifNotExists) return 'exists';
  if (!mode.orReplace) throw alreadyExists(name);
  if (found.kind !== kind) throw wrongKind(found, kind);
  await retireObject(session, work, found, session.engine.now());
  return [found];
}

/** 001420's kin: DROP TABLE of a view, CREATE OR REPLACE VIEW over a table. */
export function wrongKind(found: CatalogObject, wanted: ObjectKind): Error {
  const name = displayObject(found);
  return compilationError(
    '002203',
    '42601',
    `Object found is of type '${found.kind}', not specified type '${wanted}': ${name}.`,
  );
}

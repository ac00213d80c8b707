import type { QualifiedName, TableObject } from '../../catalog/model.ts';
import { displayObject, quote } from '../../catalog/names.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import type { ScopeColumn } from '../../sql/scope.ts';
import { consumeStreams } from '../../stream/consume-streams.ts';
import { stateOf } from '../../versions/points.ts';
import { resolveTravel } from '../../versions/resolve-travel.ts';
import { stateSql } from '../../versions/table-state.ts';
import type { Handler, Statement } from '../answer.ts';
import { changeCatalog, newObject } from '../change-catalog.ts';
import { type CreateTable, parseCreateTable } from '../parse/create-table.ts';
import { prepareRelations } from '../prepare-relations.ts';
import { physicalName, physicalPart, StatementScope, tableRelation } from '../scope.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { alterToDefinition } from '../table/alter-to-definition.ts';
import { makeRoom } from '../table/replace-object.ts';
import { retentionOf } from '../table/retention.ts';
import {
  checkColumns,
  copyIdentity,
  resolveColumn,
  resolveConstraints,
  withKeysNotNull,
} from '../table/table-columns.ts';
import { createIdentitiesSql, createTableSql } from '../table/table-sql.ts';
import type { Work } from '../transaction.ts';

/** CREATE TABLE: by columns, AS SELECT, LIKE and CLONE. */
export const createTable: Handler = (session, statement) => {
  const create = parseCreateTable(statement.reader);
  return changeCatalog(session, statement, async (work) => {
    const name = session.requireName(create.name, 'CREATE TABLE');
    const found = session.relationNamed(name);
    if (create.orAlter && found) return alterToDefinition(session, statement, work, create, found);
    const source = await sourceTable(session, statement, work, create);
    const make = (as: QualifiedName) => build(session, statement, work, create, as, source);
    const message = `Table ${name.name} successfully created.`;
    const { recorder } = session;
    if (create.orReplace) {
      const { put, room } = await replace(session, work, create, name, make);
      await recorder.record(work, put, recorder.next(), statement.queryId);
      return { put: [put], remove: room, message };
    }
    const room = await makeRoom(session, work, 'TABLE', name, create);
    if (room === 'exists') return { message: `${name.name} already exists, statement succeeded.` };
    const put = await make(name);
    await recorder.record(work, put, recorder.next(), statement.queryId);
    return { put: [put], message };
  });
};

/** The new table is made beside the one it replaces, which it may be made from. */
async function replace(
  session: SessionState,
  work: Work,
  create: CreateTable,
  name: QualifiedName,
  make: (as: QualifiedName) => Promise<TableObject>,
) {
  const made = await make({ ...name, name: `_sf_new_${name.name}` });
  const room = await makeRoom(session, work, 'TABLE', name, create);
  const put = { ...made, name: name.name };
  await work.run(`ALTER TABLE ${physicalName(made)} RENAME TO ${physicalPart(put)}`);
  return { put, room: room === 'exists' ? [] : room };
}

/** A table to be copied, and the DuckDB relation that has its rows. */
interface Source {
  readonly table: TableObject;
  readonly rows: string;
}

async function sourceTable(
  session: SessionState,
  statement: Statement,
  work: Work,
  { source }: CreateTable,
): Promise<Source | undefined> {
  if (source.kind !== 'like' && source.kind !== 'clone') return undefined;
  const table = session.findRelation(source.table);
  if (table?.kind !== 'TABLE') throw missingObject(session, 'Object', source.table);
  const rows = physicalName(table);
  if (!source.from) return { table, rows };
  const { found } = await resolveTravel(session, statement, work, table, source.from);
  const then = stateOf(table, found, session.engine.versions, rows);
  return { table: then.table, rows: `(${stateSql(then)})` };
}

async function build(
  session: SessionState,
  statement: Statement,
  work: Work,
  create: CreateTable,
  name: QualifiedName,
  source: Source | undefined,
): Promise<TableObject> {
  const base = newTable(session, statement, create, name);
  if (source) return copyTable(work, create, base, source);
  if (create.source.kind === 'query') {
    return createAsQuery(session, statement, work, create, base, create.source.sql);
  }
  const table = withColumns(session, statement, create, base, []);
  await createPhysical(work, table);
  return table;
}

function newTable(
  session: SessionState,
  statement: Statement,
  { persistence, options }: CreateTable,
  name: QualifiedName,
): TableObject {
  return {
    kind: 'TABLE',
    ...newObject(session, statement, name),
    ...options,
    retentionDays: retentionOf(session, { ...name, persistence }, options.retentionDays),
    persistence,
    columns: [],
    constraints: [],
  };
}

/** The table with its columns; types that the statement leaves out are those of the query. */
export function withColumns(
  session: SessionState,
  statement: Statement,
  { columns, constraints }: CreateTable,
  base: TableObject,
  query: readonly ScopeColumn[],
): TableObject {
  const definitions = columns.length > 0 ? columns : query.map(fromQuery);
  const resolved = definitions.map((definition, at) => {
    const type = definition.type ?? query[at]?.type;
    if (!type) throw untyped(definition.name);
    return resolveColumn(session, statement, definition, base, type);
  });
  const keys = resolveConstraints(constraints, base.id);
  checkColumns(resolved, keys);
  return { ...base, columns: withKeysNotNull(resolved, keys), constraints: keys };
}

function fromQuery({ name, type }: ScopeColumn) {
  return {
    name,
    type,
    nullable: true,
    comment: null,
    defaultText: null,
    identity: null,
    constraints: [],
  };
}

function untyped(column: string): Error {
  return compilationError('002022', '42601', `Missing column specification for '${column}'`);
}

async function createPhysical(work: Work, table: TableObject): Promise<void> {
  for (const sql of createIdentitiesSql(table)) await work.run(sql);
  for (const sql of createTableSql(table)) await work.run(sql);
}

/** The rows come by INSERT … SELECT, which converts them to the declared types. */
async function createAsQuery(
  session: SessionState,
  statement: Statement,
  work: Work,
  create: CreateTable,
  base: TableObject,
  sql: string,
): Promise<TableObject> {
  const { translator } = session.engine;
  const scope = new StatementScope(session, { now: statement.now });
  await prepareRelations(session, statement, scope, work);
  const { columns } = translator.translateQuery(sql, scope);
  if (create.columns.length > 0 && create.columns.length !== columns.length) {
    const counts = `${create.columns.length} columns, but the query has ${columns.length}`;
    throw compilationError('002024', '42601', `Invalid column definition list: ${counts}`);
  }
  const table = withColumns(session, statement, create, base, columns);
  await createPhysical(work, table);
  const parts = ['_SF_NEW_TABLE'];
  const target = new StatementScope(session, {
    now: statement.now,
    relation: { parts, relation: tableRelation(table) },
  });
  await prepareRelations(session, statement, target, work);
  const names = table.columns.map((column) => quote(column.name)).join(', ');
  const insert = translator.translateDml(`INSERT INTO _SF_NEW_TABLE (${names}) ${sql}`, target);
  await target.prepare(work);
  for (const step of insert.steps) await work.run(step.sql);
  await consumeStreams(session, statement, work, target.streams);
  return table;
}

/** LIKE and CLONE: the same columns, keys and options; CLONE takes the rows, too. */
async function copyTable(
  work: Work,
  { source, options, persistence }: CreateTable,
  base: TableObject,
  { table: from, rows }: Source,
): Promise<TableObject> {
  const columns = from.columns.map((column) => {
    if (!column.identity || source.kind === 'like') return copyIdentity(column, base);
    throw unsupported(`CLONE of a table with identity columns: ${displayObject(from)}`);
  });
  const { constraints, isChangeTracked } = from;
  const clusterBy = options.clusterBy ?? from.clusterBy;
  const comment = options.comment ?? from.comment;
  const table = { ...base, columns, constraints, isChangeTracked, clusterBy, comment, persistence };
  await createPhysical(work, table);
  if (source.kind === 'clone') {
    const names = table.columns.map((column) => quote(column.name)).join(', ');
    await work.run(
      `INSERT INTO ${physicalName(table)} (${names}) SELECT ${names} FROM ${rows} AS _sf_rows`,
    );
  }
  return table;
}

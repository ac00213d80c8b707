import type { QualifiedName, TableObject } from '../../catalog/model.ts';
import { displayObject, quote } from '../../catalog/names.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import type { ScopeColumn } from '../../sql/scope.ts';
import type { Handler, Statement } from '../answer.ts';
import { changeCatalog, newObject } from '../change-catalog.ts';
import { type CreateTable, parseCreateTable } from '../parse/create-table.ts';
import { prepareRelations } from '../prepare-relations.ts';
import { physicalName, StatementScope, tableRelation } from '../scope.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { alterToDefinition } from '../table/alter-to-definition.ts';
import { makeRoom } from '../table/replace-object.ts';
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
    const source = sourceTable(session, create);
    const room = await makeRoom(session, work, 'TABLE', name, create);
    if (room === 'exists') return { message: `${name.name} already exists, statement succeeded.` };
    const put = await build(session, statement, work, create, name, source);
    return { put: [put], remove: room, message: `Table ${name.name} successfully created.` };
  });
};

function sourceTable(session: SessionState, { source }: CreateTable): TableObject | undefined {
  if (source.kind !== 'like' && source.kind !== 'clone') return undefined;
  const found = session.findRelation(source.table);
  if (found?.kind !== 'TABLE') throw missingObject(session, 'Object', source.table);
  return found;
}

async function build(
  session: SessionState,
  statement: Statement,
  work: Work,
  create: CreateTable,
  name: QualifiedName,
  source: TableObject | undefined,
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
  await work.run(createTableSql(table));
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
  return table;
}

/** LIKE and CLONE: the same columns, keys and options; CLONE takes the rows, too. */
async function copyTable(
  work: Work,
  { source, options, persistence }: CreateTable,
  base: TableObject,
  from: TableObject,
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
    await work.run(`INSERT INTO ${physicalName(table)} SELECT * FROM ${physicalName(from)}`);
  }
  return table;
}

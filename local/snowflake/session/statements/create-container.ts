import type { CatalogObject, QualifiedName, SchemaObject } from '../../catalog/model.ts';
import { duckdbSchema } from '../../catalog/names.ts';
import { unsupported } from '../../sql/errors.ts';
import type { Handler, Statement } from '../answer.ts';
import { alreadyExists, changeCatalog, newObject, refuseCaseTwin } from '../change-catalog.ts';
import { unsupportedOption } from '../parse/create-table.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { missing, noContext, type SessionState } from '../session-state.ts';
import { dropContents } from '../table/drop-contents.ts';
import type { Work } from '../transaction.ts';

/** CREATE [OR REPLACE] [TRANSIENT] DATABASE | SCHEMA and its options. */
export function parseCreateContainer(reader: TokenReader, kind: 'DATABASE' | 'SCHEMA') {
  reader.expect('CREATE');
  const orReplace = reader.accept('OR', 'REPLACE');
  const isTransient = reader.accept('TRANSIENT');
  reader.expect(kind);
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.name();
  if (reader.sees('CLONE') || reader.sees('FROM')) {
    throw unsupported(`CREATE ${kind} … ${reader.next().value}`);
  }
  let comment: string | null = null;
  let retentionDays: number | null = null;
  while (!reader.isAtEnd) {
    if (reader.accept('COMMENT')) comment = reader.optionValue();
    else if (reader.accept('DATA_RETENTION_TIME_IN_DAYS')) retentionDays = reader.optionInteger();
    else throw unsupportedOption(reader);
  }
  return { orReplace, ifNotExists, name, options: { isTransient, comment, retentionDays } };
}

type Create = ReturnType<typeof parseCreateContainer>;
type Options = Create['options'] & { readonly retentionDays: number };

/** The new schema object, and its DuckDB schema made. */
async function makeSchema(
  session: SessionState,
  statement: Statement,
  work: Work,
  name: QualifiedName,
  options: Options,
): Promise<SchemaObject> {
  await work.run(`CREATE SCHEMA ${duckdbSchema(name.database ?? '', name.name)}`);
  return { kind: 'SCHEMA', ...newObject(session, statement, name), ...options };
}

export const createDatabase: Handler = (session, statement) => {
  const create = parseCreateContainer(statement.reader, 'DATABASE');
  return changeCatalog(session, statement, async (work) => {
    const [name] = create.name;
    if (name === undefined || create.name.length > 1)
      throw missing('Database', create.name.join('.'));
    const key = { database: null, schema: null, name };
    const found = session.engine.catalog.find('DATABASE', key);
    if (found && create.ifNotExists) {
      return { message: `${name} already exists, statement succeeded.` };
    }
    if (found && !create.orReplace) throw alreadyExists(key);
    if (!found) refuseCaseTwin(session, 'DATABASE', key);
    const remove = found ? [found, ...(await dropContents(session, work, name))] : [];
    const options = { ...create.options, retentionDays: create.options.retentionDays ?? 1 };
    const database = {
      kind: 'DATABASE' as const,
      ...newObject(session, statement, key),
      ...options,
    };
    const publicName = { database: name, schema: null, name: 'PUBLIC' };
    const schema = await makeSchema(session, statement, work, publicName, {
      ...options,
      comment: null,
    });
    const message = `Database ${name} successfully created.`;
    const onCommitted = () => Object.assign(session.context, { database: name, schema: 'PUBLIC' });
    return { put: [database, schema], remove, message, onCommitted };
  });
};

export const createSchema: Handler = (session, statement) => {
  const create = parseCreateContainer(statement.reader, 'SCHEMA');
  return changeCatalog(session, statement, async (work) => {
    const key = schemaName(session, create.name, 'CREATE SCHEMA');
    const found = session.engine.catalog.find('SCHEMA', key);
    if (found && create.ifNotExists) {
      return { message: `${key.name} already exists, statement succeeded.` };
    }
    if (found && !create.orReplace) throw alreadyExists(key);
    if (!found) refuseCaseTwin(session, 'SCHEMA', key);
    const remove: CatalogObject[] = found
      ? [found, ...(await dropContents(session, work, key.database ?? '', key.name))]
      : [];
    const own = create.options.retentionDays;
    const retentionDays = own ?? retentionOfDatabase(session, key.database ?? '');
    const options = { ...create.options, retentionDays };
    const schema = await makeSchema(session, statement, work, key, options);
    const message = `Schema ${key.name} successfully created.`;
    const onCommitted = () =>
      Object.assign(session.context, { database: key.database, schema: key.name });
    return { put: [schema], remove, message, onCommitted };
  });
};

function retentionOfDatabase({ engine }: SessionState, name: string): number {
  const key = { database: null, schema: null, name };
  return engine.catalog.find('DATABASE', key)?.retentionDays ?? 1;
}

/** Name in full of a schema, whose database must exist. */
export function schemaName(
  session: SessionState,
  parts: readonly string[],
  action: string,
): QualifiedName {
  const [name = '', database = session.context.database] = [...parts].reverse();
  if (!database) throw noContext('database', action);
  if (!session.hasDatabase(database)) throw missing('Database', database);
  return { database, schema: null, name };
}

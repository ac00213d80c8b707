import { compilationError, unsupported } from '../../sql/errors.ts';
import type { ScopeColumn } from '../../sql/scope.ts';
import type { Handler } from '../answer.ts';
import { changeCatalog, newObject } from '../change-catalog.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { StatementScope } from '../scope.ts';
import { makeRoom } from '../table/replace-object.ts';

interface ViewColumnName {
  readonly name: string;
  readonly comment: string | null;
}

interface CreateView {
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly isSecure: boolean;
  readonly name: readonly string[];
  readonly columns: readonly ViewColumnName[];
  readonly comment: string | null;
  readonly query: string;
}

function readColumnNames(reader: TokenReader): ViewColumnName[] {
  const columns: ViewColumnName[] = [];
  reader.expectSymbol('(');
  do {
    const name = reader.identifier();
    columns.push({ name, comment: reader.accept('COMMENT') ? reader.optionValue() : null });
  } while (reader.acceptSymbol(','));
  reader.expectSymbol(')');
  return columns;
}

/** CREATE [OR REPLACE] [SECURE] VIEW. */
export function parseCreateView(reader: TokenReader): CreateView {
  reader.expect('CREATE');
  const orReplace = reader.accept('OR', 'REPLACE');
  const isSecure = reader.accept('SECURE');
  reader.acceptOne('LOCAL', 'GLOBAL');
  if (reader.acceptOne('TEMPORARY', 'TEMP', 'VOLATILE')) throw unsupported('CREATE TEMPORARY VIEW');
  if (reader.accept('RECURSIVE')) throw unsupported('CREATE RECURSIVE VIEW');
  reader.expect('VIEW');
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.name();
  const columns = reader.seesSymbol('(') ? readColumnNames(reader) : [];
  let comment: string | null = null;
  for (;;) {
    if (reader.accept('COMMENT')) comment = reader.optionValue();
    else if (!reader.accept('COPY', 'GRANTS')) break;
  }
  reader.expect('AS');
  return { orReplace, isSecure, ifNotExists, name, columns, comment, query: reader.rest() };
}

function viewColumns(create: CreateView, query: readonly ScopeColumn[]) {
  const { columns } = create;
  if (columns.length > 0 && columns.length !== query.length) {
    throw compilationError('002024', '42601', 'Invalid column definition list');
  }
  return query.map((column, at) => ({
    name: columns[at]?.name ?? column.name,
    type: column.type,
    nullable: column.nullable,
    comment: columns[at]?.comment ?? null,
    defaultText: null,
    defaultSql: null,
    identity: null,
  }));
}

/** A view is text in the catalog; each statement that names it translates it anew. */
export const createView: Handler = (session, statement) => {
  const create = parseCreateView(statement.reader);
  return changeCatalog(session, statement, async (work) => {
    const name = session.requireName(create.name, 'CREATE VIEW');
    const scope = new StatementScope(session, {
      now: statement.now,
      database: name.database,
      schema: name.schema,
    });
    const { columns } = session.engine.translator.translateQuery(create.query, scope);
    const room = await makeRoom(session, work, 'VIEW', name, create);
    if (room === 'exists') return { message: `${name.name} already exists, statement succeeded.` };
    const { isSecure, comment, query } = create;
    const view = {
      kind: 'VIEW' as const,
      ...newObject(session, statement, name),
      ...{ text: statement.sql, query, isSecure, comment },
      columns: viewColumns(create, columns),
    };
    return { put: [view], remove: room, message: `View ${name.name} successfully created.` };
  });
};

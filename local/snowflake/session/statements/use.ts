import { compilationError } from '../../sql/errors.ts';
import {
  type Answer,
  answerStatus,
  type Handler,
  STATEMENT_TYPE,
  type Statement,
} from '../answer.ts';
import type { SessionState } from '../session-state.ts';

function notThere(): Error {
  return compilationError(
    '002043',
    '02000',
    'Object does not exist, or operation cannot be performed.',
  );
}

function done(session: SessionState, statement: Statement, typeId: number): Answer {
  return answerStatus(session, statement, typeId, 'Statement executed successfully.');
}

function useDatabaseNamed(session: SessionState, name: string): void {
  if (!session.hasDatabase(name)) throw notThere();
  const schema = session.hasSchema(name, 'PUBLIC') ? 'PUBLIC' : null;
  Object.assign(session.context, { database: name, schema });
}

function useSchemaNamed(session: SessionState, parts: readonly string[]): void {
  const [schema, database = session.context.database] = [...parts].reverse();
  if (!schema || !database || !session.hasSchema(database, schema)) throw notThere();
  Object.assign(session.context, { database, schema });
}

/** USE [DATABASE] name, and USE [SCHEMA] database.schema. */
export const useDatabase: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('USE');
  reader.accept('DATABASE');
  const parts = reader.name();
  reader.expectEnd();
  if (parts.length > 1) useSchemaNamed(session, parts);
  else useDatabaseNamed(session, parts[0] ?? '');
  return done(session, statement, STATEMENT_TYPE.useDatabase);
};

export const useSchema: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('USE', 'SCHEMA');
  const parts = reader.name();
  reader.expectEnd();
  useSchemaNamed(session, parts);
  return done(session, statement, STATEMENT_TYPE.useSchema);
};

export const useWarehouse: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('USE', 'WAREHOUSE');
  const name = reader.name()[0] ?? '';
  reader.expectEnd();
  const key = { database: null, schema: null, name };
  if (!session.engine.catalog.find('WAREHOUSE', key)) throw notThere();
  session.context.warehouse = name;
  return done(session, statement, STATEMENT_TYPE.useWarehouse);
};

/** Roles are names here: any role there is may be taken, and it sees everything. */
export const useRole: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('USE', 'ROLE');
  const name = reader.name()[0] ?? '';
  reader.expectEnd();
  const key = { database: null, schema: null, name };
  if (!session.engine.catalog.find('ROLE', key)) throw notThere();
  session.context.role = name;
  return done(session, statement, STATEMENT_TYPE.use);
};

/** Every role sees everything here, so secondary roles change nothing. */
export const useSecondaryRoles: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('USE', 'SECONDARY', 'ROLES');
  if (!reader.acceptOne('ALL', 'NONE')) throw reader.error();
  reader.expectEnd();
  return done(session, statement, STATEMENT_TYPE.use);
};

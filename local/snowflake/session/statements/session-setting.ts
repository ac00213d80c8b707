import { quoteText } from '../../catalog/names.ts';
import { compilationError } from '../../sql/errors.ts';
import type { ScopeColumn } from '../../sql/scope.ts';
import { typeText } from '../../sql/types/names.ts';
import { wireExpression } from '../../storage/wire-expression.ts';
import {
  type Answer,
  answerStatus,
  type Handler,
  STATEMENT_TYPE,
  type Statement,
} from '../answer.ts';
import { StatementScope } from '../scope.ts';
import type { SessionState, SessionVariable } from '../session-state.ts';

const DONE = 'Statement executed successfully.';

function done(session: SessionState, statement: Statement): Answer {
  return answerStatus(session, statement, STATEMENT_TYPE.alterSession, DONE);
}

/** ALTER SESSION SET name = value … | UNSET name, …. */
export const alterSession: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('ALTER', 'SESSION');
  if (reader.accept('UNSET')) {
    do session.parameters.unset(reader.identifier());
    while (reader.acceptSymbol(','));
    reader.expectEnd();
    return done(session, statement);
  }
  reader.expect('SET');
  while (!reader.isAtEnd) {
    session.parameters.set(reader.identifier(), reader.optionValue());
    reader.acceptSymbol(',');
  }
  return done(session, statement);
};

/** SET name = expression, SET (a, b) = (x, y). */
export const setVariable: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('SET');
  const isList = reader.seesSymbol('(');
  const names = isList ? reader.identifierList() : [reader.identifier()];
  reader.expectSymbol('=');
  const values = await evaluate(session, statement, variableQuery(reader.rest(), isList));
  if (values.length !== names.length) {
    throw compilationError('001003', '42000', 'Number of variables and of values differ.');
  }
  names.forEach((name, at) => {
    const value = values[at];
    if (value) session.variables.set(name, value);
  });
  return done(session, statement);
};

/** A list of values is the columns of one row; a scalar subquery is an expression. */
function variableQuery(text: string, isList: boolean): string {
  const inner = isList ? text.trim().replace(/^\(/, '').replace(/\)$/, '') : text;
  return isList && /^\s*(SELECT|WITH)\b/i.test(inner) ? inner : `SELECT ${inner}`;
}

async function evaluate(session: SessionState, statement: Statement, sql: string) {
  const scope = new StatementScope(session, { now: statement.now });
  const query = session.engine.translator.translateQuery(sql, scope);
  const names = query.columns.map((_, at) => `"c${at}"`);
  const cells = query.columns.map(({ type }, at) =>
    textExpression({ name: '', type, nullable: true }, `_sf_row."c${at}"`),
  );
  const text = `SELECT json_array(${cells.join(', ')}) AS "values" FROM (${query.sql}) AS _sf_row(${names.join(', ')}) LIMIT 1`;
  const rows = await session.transaction.read(async (connection) => {
    await scope.prepare(connection);
    return connection.rows(text);
  });
  const row = rows[0]?.values;
  const values: (string | null)[] =
    row === undefined ? query.columns.map(() => null) : JSON.parse(String(row));
  return query.columns.map((column, at) => variable(column, values[at] ?? null));
}

/** Text that Snowflake's cast of it gives the value back from. */
function textExpression({ type }: ScopeColumn, value: string): string {
  if (['DATE', 'TIME', 'TIMESTAMP_NTZ'].includes(type.name)) return `CAST(${value} AS VARCHAR)`;
  if (type.name === 'TIMESTAMP_LTZ') return `CAST(${value} AS VARCHAR) || ' +00:00'`;
  if (type.name === 'TIMESTAMP_TZ') return `CAST(${value}."utc" AS VARCHAR) || ' +00:00'`;
  if (type.name === 'BOOLEAN')
    return `CASE ${value} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END`;
  return wireExpression(type, value);
}

function variable({ type }: ScopeColumn, text: string | null): SessionVariable {
  const quoted = quoteText((text ?? '').replaceAll('\\', '\\\\'));
  const base = { text: text ?? '', type: typeText(type), comment: null };
  if (text === null) return { ...base, literal: 'NULL' };
  switch (type.name) {
    case 'NUMBER':
      return { ...base, literal: text };
    case 'BOOLEAN':
      return { ...base, literal: text.toUpperCase() };
    case 'TEXT':
      return { ...base, literal: quoted };
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      throw compilationError(
        '001064',
        '22023',
        `Unsupported data type '${type.name}' of a variable.`,
      );
    default:
      return { ...base, literal: `${quoted}::${typeText(type)}` };
  }
}

/** UNSET name | UNSET (a, b). */
export const unsetVariable: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('UNSET');
  const names = reader.seesSymbol('(') ? reader.identifierList() : [reader.identifier()];
  reader.expectEnd();
  for (const name of names) session.variables.delete(name);
  return done(session, statement);
};

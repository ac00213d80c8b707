import type { ProcedureObject } from '../catalog/model.ts';
import type { Handler, Statement } from '../session/answer.ts';
import { answerColumns, STATEMENT_TYPE } from '../session/answer.ts';
import { changeCatalog, newObject } from '../session/change-catalog.ts';
import { TokenReader } from '../session/parse/token-reader.ts';
import { missingObject } from '../session/session-state.ts';
import { makeRoom } from '../session/table/replace-object.ts';
import { invalidArguments } from '../sql/errors.ts';
import { typeText } from '../sql/types/names.ts';
import { Evaluator } from './evaluator.ts';
import { runBlock } from './execute.ts';
import { Frame } from './frame.ts';
import { parseBlock } from './parse-block.ts';
import { parseCreateProcedure } from './parse-procedure.ts';
import { variableList } from './parse-text.ts';

/** CREATE PROCEDURE … LANGUAGE SQL; its block is read at once, so that a mistake is told here. */
export const createProcedure: Handler = (session, statement) => {
  const create = parseCreateProcedure(statement.reader);
  parseBlock(new TokenReader(create.body));
  return changeCatalog(session, statement, async (work) => {
    const name = session.requireName(create.name, 'CREATE PROCEDURE');
    const room = await makeRoom(session, work, 'PROCEDURE', name, create);
    if (room === 'exists') return { message: `${name.name} already exists, statement succeeded.` };
    const { args, returns, body, comment } = create;
    const procedure: ProcedureObject = {
      ...newObject(session, statement, name),
      ...{ kind: 'PROCEDURE', args, returns, body, comment },
    };
    const message = `Function ${name.name} successfully created.`;
    return { put: [procedure], remove: room, message };
  });
};

/** Arguments by position, or by name as `name => value`; what is missing has its default. */
async function bindArguments(
  { name, args }: ProcedureObject,
  given: readonly string[],
  statement: Statement,
): Promise<Frame> {
  const frame = new Frame();
  const evaluator = new Evaluator(statement.nested, statement.signal, new Frame());
  const named = new Map<string, string>();
  for (const [at, text] of given.entries()) {
    const [, key, value] = /^\s*"?(\w+)"?\s*=>([\s\S]*)$/.exec(text) ?? [];
    named.set(key?.toUpperCase() ?? args[at]?.name ?? `argument ${at + 1}`, value ?? text);
  }
  const wrong = [...named.keys()].some((key) => !args.some((each) => each.name === key));
  for (const { name: key, type, defaultText } of args) {
    const text = named.get(key) ?? defaultText;
    if (text === null || wrong) throw invalidArguments(name, given);
    const value = await evaluator.value(text, frame, type);
    frame.set(key, { kind: 'variable', type, value });
  }
  if (wrong) throw invalidArguments(name, given);
  return frame;
}

/** CALL name(…); https://docs.snowflake.com/en/sql-reference/sql/call */
export const call: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('CALL');
  const parts = reader.name();
  const given = variableList(reader);
  reader.expectEnd();
  if (statement.describeOnly) return answerColumns(STATEMENT_TYPE.select, []);
  const found = session.engine.catalog.find('PROCEDURE', session.requireName(parts, 'CALL'));
  if (!found) throw missingObject(session, 'Procedure', parts);
  const globals = await bindArguments(found, given, statement);
  const options = { name: found.name, globals, returns: found.returns };
  return runBlock(session, statement, new TokenReader(found.body), options);
};

/** Types of arguments as SHOW PROCEDURES writes them. */
export const signature = ({ name, args, returns }: ProcedureObject): string =>
  `${name}(${args.map(({ type }) => typeText(type)).join(', ')}) RETURN ${returns ? typeText(returns) : 'TABLE ()'}`;

import {
  type Answer,
  answerColumns,
  answerRows,
  STATEMENT_TYPE,
  type Statement,
  type Handler as StatementHandler,
} from '../session/answer.ts';
import type { TokenReader } from '../session/parse/token-reader.ts';
import type { SessionState } from '../session/session-state.ts';
import { unsupported } from '../sql/errors.ts';
import type { SnowflakeType } from '../types.ts';
import { Evaluator } from './evaluator.ts';
import { ScriptException } from './exception.ts';
import { Frame } from './frame.ts';
import { type Ending, Interpreter } from './interpreter.ts';
import { parseBlock } from './parse-block.ts';
import { parseDynamic } from './parse-text.ts';
import { NULL, type Value } from './value.ts';

/** Name of the one column that an anonymous block answers. */
const COLUMN = 'anonymous block';

function answerValue(
  session: SessionState,
  statement: Statement,
  { type, text }: Value,
  name: string,
): Answer {
  const columns = [{ name, type, nullable: true }];
  return answerRows(session, statement, STATEMENT_TYPE.select, columns, [[text]]);
}

interface BlockOptions {
  /** Of the one column that it answers. */
  readonly name: string;
  readonly globals?: Frame;
  /** The type that its value is converted to. */
  readonly returns?: SnowflakeType | null;
}

/** Runs a block; it answers what it returns, a value or the rows of RETURN TABLE. */
export async function runBlock(
  session: SessionState,
  statement: Statement,
  reader: TokenReader,
  options: BlockOptions,
): Promise<Answer> {
  const block = parseBlock(reader);
  reader.acceptSymbol(';');
  reader.expectEnd();
  const interpreter = new Interpreter(statement.nested, statement.signal, options.globals);
  let ending: Ending | undefined;
  try {
    ending = await interpreter.run(block);
  } catch (error) {
    throw error instanceof ScriptException ? error.uncaught(reader.sql) : error;
  }
  if (ending?.kind === 'return table') return ending.answer;
  const value = ending?.kind === 'return' ? ending.value : NULL;
  const { name, returns } = options;
  if (!returns) return answerValue(session, statement, value, name);
  const frame = new Frame();
  frame.set('RESULT', { kind: 'variable', type: null, value });
  const evaluator = new Evaluator(statement.nested, statement.signal, frame);
  return answerValue(session, statement, await evaluator.value('result', frame, returns), name);
}

/**
 * An anonymous block, with or without DECLARE.
 * https://docs.snowflake.com/en/developer-guide/snowflake-scripting/blocks
 */
export const anonymousBlock: StatementHandler = async (session, statement) => {
  if (statement.describeOnly) return answerColumns(STATEMENT_TYPE.select, []);
  return runBlock(session, statement, statement.reader, { name: COLUMN });
};

/**
 * EXECUTE IMMEDIATE 'text' | $variable [USING (…)]; the text is a statement or a block.
 * https://docs.snowflake.com/en/sql-reference/sql/execute-immediate
 */
export const executeImmediate: StatementHandler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('EXECUTE', 'IMMEDIATE');
  if (reader.sees('FROM')) throw unsupported('EXECUTE IMMEDIATE FROM');
  const token = reader.peek();
  const source = parseDynamic(reader);
  reader.expectEnd();
  const text = token?.kind === 'variable' ? session.variables.get(token.value)?.text : token?.value;
  if ('sql' in source || text === undefined || !/^(string|variable)$/.test(token?.kind ?? '')) {
    throw unsupported('EXECUTE IMMEDIATE of anything but a string or a session variable');
  }
  const binds = source.using.map((each, at) => {
    const [, name = ''] = /^\$(\w+)$/.exec(each) ?? [];
    const found = session.variables.get(name.toUpperCase());
    if (!found) throw unsupported('USING with anything but session variables');
    return [String(at + 1), { type: 'TEXT', value: found.text }] as const;
  });
  const { answer } = await statement.nested(text, Object.fromEntries(binds));
  return answer;
};

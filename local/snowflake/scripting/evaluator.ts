import type { Answer, RunNested } from '../session/answer.ts';
import { typeText } from '../sql/types/names.ts';
import { type Bind, SnowflakeError } from '../statement.ts';
import { EXPRESSION_ERROR, ScriptException, STATEMENT_ERROR } from './exception.ts';
import type { Frame } from './frame.ts';
import type { Expression, Source } from './model.ts';
import { parseResultSource } from './parse-text.ts';
import { changedRows, recordsOf } from './rows.ts';
import { substitute } from './substitute.ts';
import { bindOf, flagValue, isTrue, NULL, numberValue, textValue, type Value } from './value.ts';

type Binds = Readonly<Record<string, Bind>>;

/** Runs the expressions and statements of a block in its session; what they did is in globals. */
export class Evaluator {
  readonly #runSql: RunNested;
  readonly #signal: AbortSignal | undefined;
  readonly #globals: Frame;

  constructor(runSql: RunNested, signal: AbortSignal | undefined, globals: Frame) {
    this.#runSql = runSql;
    this.#signal = signal;
    this.#globals = globals;
    for (const name of ['SQLROWCOUNT', 'SQLFOUND', 'SQLNOTFOUND', 'SQLID']) this.tell(name, NULL);
  }

  tell(name: string, value: Value): void {
    this.#globals.set(name, { kind: 'variable', type: null, value });
  }

  /** The value of an expression, as the type of the variable that it is for. */
  async value(text: Expression, frame: Frame, type: Value['type'] | null = null): Promise<Value> {
    const written = substitute(text, frame, true);
    const sql = type ? `SELECT (${written})::${typeText(type)}` : `SELECT ${written}`;
    const { answer } = await this.#sql(sql, EXPRESSION_ERROR);
    for await (const row of recordsOf(answer)) return [...row.values()][0] ?? NULL;
    return NULL;
  }

  async isTrue(text: Expression, frame: Frame): Promise<boolean> {
    return isTrue(await this.value(text, frame));
  }

  /** Runs a statement and tells what it changed. */
  async source(source: Source, frame: Frame): Promise<Answer> {
    const { answer, queryId } = await this.#sourceSql(source, frame);
    this.tell('SQLID', textValue(queryId));
    const rows = await changedRows(answer);
    if (rows !== undefined) {
      this.tell('SQLROWCOUNT', numberValue(rows));
      this.tell('SQLFOUND', flagValue(rows > 0));
      this.tell('SQLNOTFOUND', flagValue(rows === 0));
    }
    return answer;
  }

  async resultSet(text: Expression, frame: Frame): Promise<Answer> {
    const slot = frame.find(text.replace(/^:/, '').toUpperCase());
    if (slot?.kind === 'resultset' && slot.answer) return slot.answer;
    return this.source(parseResultSource(text), frame);
  }

  async query(name: string, frame: Frame, using: readonly Expression[]): Promise<Answer> {
    const { source } = frame.get(name, 'cursor');
    if ('resultSet' in source) return this.resultSet(source.resultSet, frame);
    const binds = await this.#binds(using, frame);
    const sql = substitute(source.sql, frame, false);
    return (await this.#sql(sql, STATEMENT_ERROR, binds)).answer;
  }

  async #sql(sql: string, exception = STATEMENT_ERROR, binds?: Readonly<Record<string, Bind>>) {
    try {
      return await this.#runSql(sql, binds);
    } catch (error) {
      if (!(error instanceof SnowflakeError) || this.#signal?.aborted) throw error;
      throw ScriptException.of(exception, error);
    }
  }

  async #sourceSql(source: Source, frame: Frame) {
    if ('sql' in source) return this.#sql(substitute(source.sql, frame, false));
    const { text } = await this.value(source.dynamic, frame);
    const binds = await this.#binds(source.using, frame);
    return this.#sql(text ?? '', STATEMENT_ERROR, binds);
  }

  async #binds(using: readonly Expression[], frame: Frame): Promise<Binds> {
    const binds: [string, Bind][] = [];
    for (const each of using) {
      binds.push([String(binds.length + 1), bindOf(await this.value(each, frame))]);
    }
    return Object.fromEntries(binds);
  }
}

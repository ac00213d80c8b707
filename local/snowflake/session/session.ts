import { randomUUID } from 'node:crypto';
import { recorded } from '../history/record-statement.ts';
import { countBinds, substituteBinds } from '../sql/binds.ts';
import { unsupported } from '../sql/errors.ts';
import { splitStatements } from '../sql/tokenize.ts';
import {
  type EngineSession,
  type ExecuteOptions,
  SnowflakeError,
  type StatementResult,
} from '../statement.ts';
import { translateError } from '../storage/translate-error.ts';
import {
  type Answer,
  answerColumns,
  type RunNested,
  STATEMENT_TYPE,
  type Statement,
  textColumn,
} from './answer.ts';
import { TokenReader } from './parse/token-reader.ts';
import type { SessionState } from './session-state.ts';
import { findHandler } from './statement-kinds.ts';

/**
 * The session as the wire sees it: one statement after the other, each with its timeout and
 * cancellation.
 */
export class Session implements EngineSession {
  readonly #state: SessionState;
  readonly #onClose: (session: Session) => void;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  /** Ends the statement that is running. */
  #cancel: () => void = () => undefined;

  constructor(state: SessionState, onClose: (session: Session) => void) {
    this.#state = state;
    this.#onClose = onClose;
  }

  get context() {
    return { ...this.#state.context };
  }

  split(sql: string): readonly string[] {
    return splitStatements(sql);
  }

  parameters() {
    return this.#state.parameters.all();
  }

  execute(sql: string, options: ExecuteOptions): Promise<StatementResult> {
    return this.#inTurn(async () => {
      if (this.#isClosed) throw new SnowflakeError('390111', '08003', 'Session no longer exists.');
      const answer = await this.#recorded(sql, options);
      const bindCount = options.binds || options.describeOnly ? countBinds(sql) : 0;
      return { ...answer, context: this.context, bindCount };
    });
  }

  close(): Promise<void> {
    this.#cancel();
    return this.#inTurn(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      const { transaction, connection, engine, queryIds } = this.#state;
      if (transaction.isOpen) await transaction.rollback();
      await this.#state.clearScratch();
      for (const stage of this.#state.temporaryStages) await engine.stages.forget(stage.id);
      connection.close();
      for (const queryId of queryIds) await engine.results.remove(queryId);
      this.#onClose(this);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Descriptions of statements are not in the query history. */
  #recorded(sql: string, options: ExecuteOptions): Promise<Answer> {
    if (options.describeOnly) return this.#run(sql, options, () => undefined);
    return recorded(this.#state, sql, options.queryId, (seeKind) =>
      this.#run(sql, options, seeKind),
    );
  }

  async #run(
    sql: string,
    options: ExecuteOptions,
    seeKind: (kind: string) => void,
  ): Promise<Answer> {
    const state = this.#state;
    const limit = Number(state.parameters.get('STATEMENT_TIMEOUT_IN_SECONDS'));
    const running = cancellable(state, options.signal, limit);
    this.#cancel = running.cancel;
    try {
      return await this.#runWithin(sql, options, running.signal, seeKind);
    } finally {
      running.end();
      this.#cancel = () => undefined;
    }
  }

  async #runWithin(
    sql: string,
    options: ExecuteOptions,
    signal: AbortSignal,
    seeKind: (kind: string) => void,
  ): Promise<Answer> {
    const state = this.#state;
    const { versions } = state.engine;
    const before = versions.last;
    try {
      signal.throwIfAborted();
      return await handle(state, this.#statement(sql, options, signal), seeKind);
    } catch (error) {
      throw signal.aborted ? signal.reason : named(error);
    } finally {
      state.queryIds.push(options.queryId);
      versions.remember(options.queryId, before);
      await state.clearScratch();
    }
  }

  /** Statements of a block share its time limit and its cancellation. */
  #nested(signal: AbortSignal): RunNested {
    return async (sql, binds = {}) => {
      const queryId = randomUUID();
      const answer = await recorded(this.#state, sql, queryId, (seeKind) =>
        this.#runWithin(sql, { queryId, binds }, signal, seeKind),
      );
      return { answer, queryId };
    };
  }

  #statement(sql: string, options: ExecuteOptions, signal: AbortSignal): Statement {
    const state = this.#state;
    const text = withBinds(sql, options).trim().replace(/;$/, '');
    const reader = new TokenReader(text, (name) => state.variables.get(name)?.text);
    const now = state.engine.now();
    state.engine.versions.issue(now);
    return {
      sql: text,
      reader,
      queryId: options.queryId,
      now,
      describeOnly: options.describeOnly ?? false,
      signal,
      nested: this.#nested(signal),
    };
  }
}

/** A block has question marks of its own, for the cursors that it opens. */
const BLOCK = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:begin|declare)\b/i;

function withBinds(sql: string, { binds, describeOnly }: ExecuteOptions): string {
  if (BLOCK.test(sql) && Object.keys(binds ?? {}).length === 0) return sql;
  return substituteBinds(sql, binds ?? (describeOnly ? undefined : {}));
}

/** Kinds whose handlers answer columns without running anything. */
const DESCRIBED =
  /^(?:SELECT|WITH|VALUES|INSERT|UPDATE|DELETE|MERGE|COPY|CREATE|ALTER (?:TABLE|WAREHOUSE)|DROP|TRUNCATE|COMMENT)\b/;

/**
 * Runs a statement; describeOnly leaves out rows, and what changes the session is not run at all.
 */
async function handle(
  state: SessionState,
  statement: Statement,
  seeKind: (kind: string) => void,
): Promise<Answer> {
  const { kind, handler } = findHandler(statement.reader);
  seeKind(kind);
  if (!statement.describeOnly || DESCRIBED.test(kind)) return handler(state, statement);
  if (!/^(?:SHOW|DESCRIBE)\b/.test(kind)) {
    return answerColumns(STATEMENT_TYPE.session, [textColumn('status')]);
  }
  const { statementTypeId, result } = await handler(state, statement);
  return { statementTypeId, result: { ...result, rowCount: 0, partitions: [] } };
}

/** Errors of ours that are no SnowflakeError are faults of the stand-in and say so. */
function named(error: unknown): SnowflakeError {
  if (error instanceof RangeError && /stack/i.test(error.message)) {
    return unsupported('statement nested this deeply');
  }
  return translateError(error);
}

/** A signal for the caller's cancellation and the statement timeout; either interrupts DuckDB. */
function cancellable(state: SessionState, outer: AbortSignal | undefined, limitSeconds: number) {
  const inner = new AbortController();
  const stop = (error: SnowflakeError) => {
    inner.abort(error);
    state.connection.interrupt();
  };
  const cancel = () => stop(new SnowflakeError('000604', '57014', 'SQL execution canceled'));
  const expire = () => stop(timedOut(limitSeconds));
  const timer =
    limitSeconds > 0 && limitSeconds < 172_800
      ? setTimeout(expire, limitSeconds * 1000)
      : undefined;
  if (outer?.aborted) cancel();
  else outer?.addEventListener('abort', cancel, { once: true });
  return {
    signal: inner.signal,
    cancel,
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', cancel);
    },
  };
}

function timedOut(seconds: number): SnowflakeError {
  return new SnowflakeError(
    '000630',
    '57014',
    `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`,
  );
}

import { SnowflakeError } from '../statement.ts';
import type { StoreConnection } from '../storage/connection.ts';
import type { WriteLock } from '../storage/write-lock.ts';

export interface WriteOptions {
  readonly lockTimeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether running the same SQL again may give other values (RANDOM, UUID_STRING, sequences). */
  readonly isVolatile?: boolean;
  /** Told after the commit of a statement that ran alone, before the next writer has its turn. */
  readonly onCommitted?: () => void;
}

/** What a writing statement runs its SQL with, so that it can be run again. */
export interface Work {
  /** Answers the number of rows changed. */
  run(sql: string): Promise<number>;
  /** For a statement that writes and answers texts: how often it answers each of them. */
  tally(sql: string): Promise<ReadonlyMap<string, number>>;
  /** For queries, which are not run again. */
  rows: StoreConnection['rows'];
}

/** What is told of a transaction's life. */
export interface TransactionHooks {
  /** A transaction of several statements begins. */
  onBegin(): void;
  /** The last step of the transaction, still inside it. */
  beforeCommit(connection: StoreConnection): Promise<void>;
  onCommitted(): void;
  /** It has ended without a commit. */
  onEnded(): void;
}

const NO_HOOKS: TransactionHooks = {
  onBegin: () => undefined,
  beforeCommit: async () => undefined,
  onCommitted: () => undefined,
  onEnded: () => undefined,
};

type State = 'none' | 'begun' | 'writing';

/**
 * Snowflake's transaction over DuckDB's. Reads see what is committed when they start (READ
 * COMMITTED), because a DuckDB transaction begins with the first write only, under the write lock.
 * A statement that fails leaves the transaction open with the effect of the earlier ones: DuckDB
 * has aborted it, so it is begun again and the earlier statements are run again. Where these gave
 * values that running again would not give, the transaction ends.
 */
export class Transaction {
  readonly #connection: StoreConnection;
  readonly #lock: WriteLock;
  /** Told when work has been rolled back that may have made temporary views. */
  readonly #onUndone: () => void;
  readonly #hooks: TransactionHooks;
  #state: State = 'none';
  #log: string[] = [];
  #isVolatile = false;
  #release: () => void = () => undefined;

  constructor(
    connection: StoreConnection,
    lock: WriteLock,
    onUndone: () => void,
    hooks = NO_HOOKS,
  ) {
    this.#connection = connection;
    this.#lock = lock;
    this.#onUndone = onUndone;
    this.#hooks = hooks;
  }

  get isOpen(): boolean {
    return this.#state !== 'none';
  }

  /** BEGIN; within a transaction it does nothing, as in Snowflake. */
  begin(): void {
    if (this.#state !== 'none') return;
    this.#state = 'begun';
    this.#hooks.onBegin();
  }

  async commit(): Promise<void> {
    if (this.#state === 'writing') return this.#commit();
    this.#state = 'none';
    this.#hooks.onEnded();
  }

  async rollback(): Promise<void> {
    if (this.#state === 'writing') await this.#finish('ROLLBACK');
    this.#state = 'none';
    this.#hooks.onEnded();
    this.#onUndone();
  }

  /** Runs a statement that changes nothing. */
  async read<T>(work: (connection: StoreConnection) => Promise<T>): Promise<T> {
    if (this.#state !== 'writing') return work(this.#connection);
    try {
      return await work(this.#connection);
    } catch (error) {
      if (await this.#isAborted()) await this.#restore(error);
      throw error;
    }
  }

  /** Runs a statement that writes: alone when no transaction is open, otherwise as a part of it. */
  async write<T>(options: WriteOptions, work: (work: Work) => Promise<T>): Promise<T> {
    const isAlone = this.#state === 'none';
    if (this.#state !== 'writing') await this.#start(options);
    const ran: string[] = [];
    try {
      const result = await work(this.#recorder(ran));
      this.#log.push(...ran);
      this.#isVolatile ||= options.isVolatile ?? false;
      if (isAlone) await this.#commit(options.onCommitted);
      return result;
    } catch (error) {
      if (isAlone) await this.rollback();
      else if (ran.length > 0 || (await this.#isAborted())) await this.#restore(error);
      throw error;
    }
  }

  async #start({ lockTimeoutSeconds, signal }: WriteOptions): Promise<void> {
    this.#release = await this.#lock.acquire(lockTimeoutSeconds, signal);
    try {
      await this.#connection.run('BEGIN TRANSACTION');
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#state = 'writing';
  }

  #recorder(ran: string[]): Work {
    return {
      run: (sql) => {
        ran.push(sql);
        return this.#connection.run(sql);
      },
      tally: (sql) => {
        ran.push(sql);
        return tally(this.#connection.texts(sql));
      },
      rows: (sql) => this.#connection.rows(sql),
    };
  }

  async #commit(onDone?: () => void): Promise<void> {
    await this.#hooks.beforeCommit(this.#connection);
    await this.#finish('COMMIT', () => {
      this.#hooks.onCommitted();
      onDone?.();
    });
  }

  async #finish(verb: 'COMMIT' | 'ROLLBACK', onDone?: () => void): Promise<void> {
    this.#log = [];
    this.#isVolatile = false;
    this.#state = 'none';
    try {
      await this.#connection.run(verb);
      onDone?.();
    } finally {
      this.#release();
    }
  }

  async #isAborted(): Promise<boolean> {
    return this.#connection.rows('SELECT 1').then(
      () => false,
      () => true,
    );
  }

  async #restore(cause: unknown): Promise<void> {
    const log = this.#log;
    if (this.#isVolatile) {
      await this.rollback();
      throw transactionEnded(cause);
    }
    await this.#connection.run('ROLLBACK').catch(() => undefined);
    this.#onUndone();
    try {
      await this.#connection.run('BEGIN TRANSACTION');
      for (const sql of log) await this.#connection.run(sql);
    } catch {
      await this.rollback();
      throw transactionEnded(cause);
    }
  }
}

async function tally(batches: AsyncIterable<readonly string[]>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const batch of batches) {
    for (const text of batch) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

/**
 * The statement's own error, saying that the stand-in ended the transaction where Snowflake would
 * keep it.
 */
function transactionEnded(cause: unknown): SnowflakeError {
  const [code, state, message] =
    cause instanceof SnowflakeError
      ? [cause.code, cause.sqlState, cause.message]
      : ['000603', 'XX000', String(cause)];
  return new SnowflakeError(
    code,
    state,
    `${message}\nThe local Snowflake stand-in has rolled back the whole transaction: its earlier statements used ` +
      'random values or sequences and cannot be run again. Begin it anew.',
    cause,
  );
}

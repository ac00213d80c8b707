import type {
  FileTransfer,
  ResultSet,
  SessionContext,
  SnowflakeError,
  StatementResult,
} from '../statement.ts';
import type { Pages } from './sql-api/pages.ts';
import { asSnowflakeError, wireError } from './wire-errors.ts';

export type SessionParameters = ReadonlyArray<{
  readonly name: string;
  readonly value: string | number | boolean;
}>;

/** What a finished statement has to hand out. */
export interface RunOutcome {
  readonly statementTypeId: number;
  readonly result: ResultSet;
  readonly context: SessionContext;
  readonly parameters: SessionParameters;
  readonly bindCount: number;
  /** The single statements of a request with several of them. */
  readonly children: readonly StatementRun[];
  /** The rows on disk, for statements of the SQL API; `result` has no partitions then. */
  readonly pages?: Pages;
  readonly transfer?: FileTransfer;
}

export interface RunOptions {
  readonly id: string;
  readonly sql: string;
  readonly user: string;
  readonly requestId: string | undefined;
  readonly startedAtMs: number;
}

export const outcomeOf = (
  { bindCount = 0, ...result }: StatementResult,
  parameters: SessionParameters,
): RunOutcome => ({ ...result, parameters, bindCount, children: [] });

export type RunWork = (signal: AbortSignal) => Promise<RunOutcome>;

/** One statement from its arrival to the end of its result's life. */
export class StatementRun {
  readonly id: string;
  readonly sql: string;
  readonly user: string;
  readonly requestId: string | undefined;
  readonly startedAtMs: number;
  /** Resolves when the statement has ended, well or badly. */
  readonly ended: Promise<void>;
  /** Resolves when the engine is done with it, which after an abort can be later. */
  readonly settled: Promise<void>;
  #outcome: RunOutcome | undefined;
  #error: SnowflakeError | undefined;
  readonly #abort = new AbortController();

  constructor(options: RunOptions, work: RunWork) {
    this.id = options.id;
    this.sql = options.sql;
    this.user = options.user;
    this.requestId = options.requestId;
    this.startedAtMs = options.startedAtMs;
    const working = work(this.#abort.signal);
    this.settled = working.then(
      () => undefined,
      () => undefined,
    );
    this.ended = this.#follow(working);
  }

  get isRunning(): boolean {
    return this.#outcome === undefined && this.#error === undefined;
  }

  get error(): SnowflakeError | undefined {
    return this.#error;
  }

  /** The result. Throws what the statement failed with; a statement that is running has none. */
  outcome(): RunOutcome {
    if (this.#error !== undefined) throw this.#error;
    if (this.#outcome === undefined) throw wireError.notFound(this.id);
    return this.#outcome;
  }

  /** Ends the statement with `reason`. Without effect on one that has ended. */
  abort(reason: SnowflakeError = wireError.canceled()): void {
    if (this.isRunning) this.#abort.abort(reason);
  }

  /** Puts the same result in another place. */
  replaceOutcome(outcome: RunOutcome): void {
    this.#outcome = outcome;
  }

  /** Waits until the statement has ended, `ms` at most. Answers whether it has. */
  async endsWithin(ms: number): Promise<boolean> {
    if (!this.isRunning) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.ended, late]);
    clearTimeout(timer);
    return !this.isRunning;
  }

  /**
   * Follows the work and the abort signal, so that a cancelled statement ends even if the engine is
   * slow to notice.
   */
  async #follow(working: Promise<RunOutcome>): Promise<void> {
    const { signal } = this.#abort;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    try {
      this.#outcome = await Promise.race([working, aborted]);
    } catch (error) {
      this.#error = asSnowflakeError(signal.aborted ? signal.reason : error);
    }
  }
}

import type { StatementRun } from './statement-run.ts';
import { wireError } from './wire-errors.ts';

export interface StatementLogOptions {
  /** How long a statement can be asked for after its start. */
  readonly retentionMs: number;
  nowMs(): number;
}

/** The statements of the last day, by query id. */
export class StatementLog {
  readonly #options: StatementLogOptions;
  readonly #runs = new Map<string, StatementRun>();

  constructor(options: StatementLogOptions) {
    this.#options = options;
  }

  add(run: StatementRun): void {
    this.#runs.set(run.id, run);
  }

  /** Throws 000709 for a statement that is unknown, too old, or another user's. */
  get(id: string, user: string): StatementRun {
    const run = this.#runs.get(id);
    if (run === undefined || run.user !== user || this.#isOld(run)) throw wireError.notFound(id);
    return run;
  }

  /** A statement whoever asks. */
  find(id: string): StatementRun | undefined {
    return this.#runs.get(id);
  }

  /** The latest statement of a request, for a client that sends the request again. */
  findByRequest(requestId: string, user: string): StatementRun | undefined {
    return [...this.#runs.values()].findLast(
      (run) => run.requestId === requestId && run.user === user && !this.#isOld(run),
    );
  }

  get running(): readonly StatementRun[] {
    return [...this.#runs.values()].filter((run) => run.isRunning);
  }

  /** Aborts what is running; resolves when the engine has nothing left to do. */
  async abortAll(): Promise<void> {
    for (const run of this.running) run.abort();
    await Promise.all([...this.#runs.values()].map((run) => run.settled));
  }

  /** Drops what is too old; answers the ids of what was dropped. */
  sweep(): readonly string[] {
    const old = [...this.#runs.values()].filter((run) => this.#isOld(run) && !run.isRunning);
    for (const run of old) this.#runs.delete(run.id);
    return old.map(({ id }) => id);
  }

  #isOld(run: StatementRun): boolean {
    return this.#options.nowMs() - run.startedAtMs > this.#options.retentionMs;
  }
}

import type { EngineParts } from '../session/session-state.ts';
import type { StoreConnection } from '../storage/connection.ts';
import { pruneVersions } from './prune.ts';

/** Removes old versions, one run after the other: when it is told to, and when many rows are kept. */
export class VersionPruner {
  readonly #connect: () => Promise<StoreConnection>;
  readonly #parts: EngineParts;
  readonly #mostRows: number;
  #last: Promise<void> = Promise.resolve();

  constructor(connect: () => Promise<StoreConnection>, parts: EngineParts, mostRows: number) {
    this.#connect = connect;
    this.#parts = parts;
    this.#mostRows = mostRows;
    parts.versions.onKept = (rows) => {
      const isMany = rows > mostRows / 2;
      if (isMany) void this.run();
      return isMany;
    };
  }

  /** What cannot be removed now, as a transaction holds the lock for long, is by a later run. */
  run(): Promise<void> {
    this.#last = this.#last.then(() => this.#prune()).catch(() => undefined);
    return this.#last;
  }

  /** Waits for the run that is under way. */
  idle(): Promise<void> {
    return this.#last;
  }

  async #prune(): Promise<void> {
    const connection = await this.#connect();
    try {
      await pruneVersions(this.#parts, connection, this.#mostRows);
    } finally {
      connection.close();
    }
  }
}

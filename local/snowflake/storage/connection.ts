import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult, Json } from '@duckdb/node-api';
import { translateError } from './translate-error.ts';

export type StoreRow = Readonly<Record<string, Json>>;

/**
 * One DuckDB connection; every error leaves it as a SnowflakeError. Statements on it must not
 * overlap.
 */
export class StoreConnection {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Runs statements; answers the number of rows the last one changed. */
  async run(sql: string): Promise<number> {
    return this.#guard(async () => (await this.#connection.run(sql)).rowsChanged);
  }

  /** All rows of a small query; 64-bit integers and decimals come as text. */
  async rows(sql: string): Promise<StoreRow[]> {
    return this.#guard(async () => {
      const reader = await this.#connection.runAndReadAll(sql);
      return reader.getRowObjectsJson();
    });
  }

  /** The first column of a query in batches of at most 2048 texts, as DuckDB produces them. */
  async *texts(sql: string): AsyncGenerator<string[]> {
    const result = await this.#guard(() => this.#connection.stream(sql));
    for (;;) {
      const batch = await this.#guard(() => nextTexts(result));
      if (!batch) return;
      yield batch;
    }
  }

  /** The rows of a query in chunks of at most 2048, as DuckDB produces them. */
  async *chunks(sql: string): AsyncGenerator<DuckDBDataChunk> {
    const result = await this.#guard(() => this.#connection.stream(sql));
    for (;;) {
      const chunk = await this.#guard(() => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk;
    }
  }

  /** Ends the statement that is running with error 000604. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translateError(error);
    }
  }
}

async function nextTexts(result: DuckDBResult): Promise<string[] | undefined> {
  const chunk = await result.fetchChunk();
  if (!chunk || chunk.rowCount === 0) return undefined;
  const vector = chunk.getColumnVector(0);
  const texts = new Array<string>(chunk.rowCount);
  for (let row = 0; row < chunk.rowCount; row += 1) texts[row] = vector.getItem(row) as string;
  return texts;
}

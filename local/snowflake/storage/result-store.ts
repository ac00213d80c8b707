import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResultPartition, ResultSet } from '../statement.ts';

/** A result up to this size stays in memory. */
const SMALL_RESULT_BYTES = 256 * 1024;

/** All results in memory together; beyond it every result goes to a file. */
const MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Snowflake keeps results for a day;
 * https://docs.snowflake.com/en/user-guide/querying-persisted-results
 */
const KEPT_MS = 24 * 60 * 60 * 1000;

interface Kept {
  readonly result: ResultSet;
  readonly memoryBytes: number;
  readonly at: number;
}

/** Results of queries: small ones in memory, large ones as files, both for a day at most. */
export class ResultStore {
  readonly #folder: string;
  readonly #now: () => Date;
  readonly #kept = new Map<string, Kept>();
  #memoryBytes = 0;

  private constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Opens the store over `<dataDir>/results`; files of an earlier process are removed. */
  static async open(dataDir: string, now: () => Date): Promise<ResultStore> {
    const folder = join(dataDir, 'results');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return new ResultStore(folder, now);
  }

  /** Whether a result of this size should stay in memory. */
  fitsMemory(byteCount: number): boolean {
    return byteCount <= SMALL_RESULT_BYTES && this.#memoryBytes + byteCount <= MEMORY_BYTES;
  }

  /** Writes one partition to a file of the query; answers what reads it. */
  async spill(queryId: string, index: number, bytes: Buffer): Promise<() => Promise<Buffer>> {
    const folder = join(this.#folder, queryId);
    if (index === 0) await mkdir(folder, { recursive: true });
    const path = join(folder, `${index}.rows`);
    await writeFile(path, bytes);
    return () => readFile(path);
  }

  keep(queryId: string, result: ResultSet, memoryBytes: number): void {
    this.#memoryBytes += memoryBytes;
    this.#kept.set(queryId, { result, memoryBytes, at: this.#now().getTime() });
  }

  find(queryId: string): ResultSet | undefined {
    return this.#kept.get(queryId)?.result;
  }

  async remove(queryId: string): Promise<void> {
    const kept = this.#kept.get(queryId);
    if (!kept) return;
    this.#kept.delete(queryId);
    this.#memoryBytes -= kept.memoryBytes;
    if (kept.memoryBytes === 0 && kept.result.rowCount > 0) await this.discard(queryId);
  }

  /** Removes the files of a query whose result was not kept. */
  async discard(queryId: string): Promise<void> {
    await rm(join(this.#folder, queryId), { recursive: true, force: true });
  }

  /** Removes results older than a day. */
  async sweep(): Promise<void> {
    const oldest = this.#now().getTime() - KEPT_MS;
    for (const [queryId, { at }] of this.#kept) {
      if (at >= oldest) break;
      await this.remove(queryId);
    }
  }

  async close(): Promise<void> {
    this.#kept.clear();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A partition that is already in memory. */
export function memoryPartition(rowCount: number, text: string): ResultPartition {
  return { rowCount, byteCount: Buffer.byteLength(text), read: async () => text };
}

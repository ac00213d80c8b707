import type { ScopeColumn } from '../sql/scope.ts';
import type { ResultPartition, ResultSet } from '../statement.ts';
import { resultColumn } from './result-column.ts';
import type { ResultStore } from './result-store.ts';

/** Rows of one partition as they are served: JSON text or an Arrow stream. */
export interface PartitionBytes {
  readonly rowCount: number;
  readonly bytes: Buffer;
}

/** Makes the partition that hands out bytes, wherever they lie. */
export type OpenPartition = (
  rowCount: number,
  byteCount: number,
  load: () => Promise<Buffer>,
) => ResultPartition;

/** Keeps partitions under a query's id: in memory until the result is too large for it. */
export class PartitionWriter {
  readonly #store: ResultStore;
  readonly #queryId: string;
  readonly #open: OpenPartition;
  readonly #spilled: ResultPartition[] = [];
  #held: PartitionBytes[] = [];
  #byteCount = 0;

  constructor(store: ResultStore, queryId: string, open: OpenPartition) {
    this.#store = store;
    this.#queryId = queryId;
    this.#open = open;
  }

  /** Partitions written so far. */
  get count(): number {
    return this.#held.length + this.#spilled.length;
  }

  async write(part: PartitionBytes): Promise<void> {
    this.#byteCount += part.bytes.byteLength;
    this.#held.push(part);
    if (this.#spilled.length === 0 && this.#store.fitsMemory(this.#byteCount)) return;
    for (const { rowCount, bytes } of this.#held) {
      const load = await this.#store.spill(this.#queryId, this.#spilled.length, bytes);
      this.#spilled.push(this.#open(rowCount, bytes.byteLength, load));
    }
    this.#held = [];
  }

  finish(columns: readonly ScopeColumn[]): ResultSet {
    const held = this.#held.map(({ rowCount, bytes }) =>
      this.#open(rowCount, bytes.byteLength, async () => bytes),
    );
    const partitions = held.length > 0 ? held : this.#spilled;
    const rowCount = partitions.reduce((sum, partition) => sum + partition.rowCount, 0);
    const result = { columns: columns.map(resultColumn), rowCount, partitions };
    this.#store.keep(this.#queryId, result, held.length > 0 ? this.#byteCount : 0);
    return result;
  }

  /** Forgets what was written. */
  async discard(): Promise<void> {
    await this.#store.discard(this.#queryId);
  }
}

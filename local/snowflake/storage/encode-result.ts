import type { ScopeColumn, Translated } from '../sql/scope.ts';
import type { ResultPartition, ResultSet } from '../statement.ts';
import type { StoreConnection } from './connection.ts';
import { resultColumn } from './result-column.ts';
import { memoryPartition, type ResultStore } from './result-store.ts';
import { wireExpression } from './wire-expression.ts';

/** The first partition is small, so that a reader sees rows early. */
const FIRST_ROWS = 10_000;
const NEXT_ROWS = 50_000;
const PARTITION_CHARACTERS = 10_000_000;

/** DuckDB SQL that answers each row of a query as the text of a JSON array of wire forms. */
export function wireRowsSql({ sql, columns }: Translated): string {
  const names = columns.map((_, index) => `"c${index}"`);
  const cells = columns.map(({ type }, index) => wireExpression(type, `_sf_row."c${index}"`));
  return `SELECT CAST(json_array(${cells.join(', ')}) AS VARCHAR) FROM (${sql}) AS _sf_row(${names.join(', ')})`;
}

/** Gathers row texts into partitions; they stay in memory until the result is too large for it. */
class PartitionWriter {
  readonly #store: ResultStore;
  readonly #queryId: string;
  readonly #partitions: ResultPartition[] = [];
  #held: { rowCount: number; text: string }[] = [];
  #rows: string[] = [];
  #characters = 0;
  #byteCount = 0;

  constructor(store: ResultStore, queryId: string) {
    this.#store = store;
    this.#queryId = queryId;
  }

  async add(rows: readonly string[]): Promise<void> {
    for (const row of rows) {
      this.#rows.push(row);
      this.#characters += row.length;
      const limit = this.#held.length + this.#partitions.length === 0 ? FIRST_ROWS : NEXT_ROWS;
      if (this.#rows.length >= limit || this.#characters >= PARTITION_CHARACTERS) {
        await this.#flush();
      }
    }
  }

  async finish(columns: readonly ScopeColumn[]): Promise<ResultSet> {
    if (this.#rows.length > 0) await this.#flush();
    const held = this.#held.map(({ rowCount, text }) => memoryPartition(rowCount, text));
    const partitions = held.length > 0 ? held : this.#partitions;
    const rowCount = partitions.reduce((sum, partition) => sum + partition.rowCount, 0);
    const result = { columns: columns.map(resultColumn), rowCount, partitions };
    this.#store.keep(this.#queryId, result, held.length > 0 ? this.#byteCount : 0);
    return result;
  }

  async #flush(): Promise<void> {
    const part = { rowCount: this.#rows.length, text: this.#rows.join(',') };
    this.#rows = [];
    this.#characters = 0;
    this.#byteCount += Buffer.byteLength(part.text);
    this.#held.push(part);
    if (this.#partitions.length === 0 && this.#store.fitsMemory(this.#byteCount)) return;
    for (const { rowCount, text } of this.#held) {
      const index = this.#partitions.length;
      this.#partitions.push(await this.#store.spill(this.#queryId, index, rowCount, text));
    }
    this.#held = [];
  }
}

/** Runs a translated query and keeps its rows as wire text under the query's id. */
export async function encodeQuery(
  connection: StoreConnection,
  store: ResultStore,
  query: Translated,
  queryId: string,
): Promise<ResultSet> {
  const writer = new PartitionWriter(store, queryId);
  try {
    for await (const rows of connection.texts(wireRowsSql(query))) await writer.add(rows);
    return await writer.finish(query.columns);
  } catch (error) {
    await store.discard(queryId);
    throw error;
  }
}

/** A result of rows that are already in wire form, such as the answer of SHOW. */
export function encodeRows(
  store: ResultStore,
  columns: readonly ScopeColumn[],
  rows: readonly (readonly (string | null)[])[],
  queryId: string,
): ResultSet {
  const text = rows.map((row) => JSON.stringify(row)).join(',');
  const partition = memoryPartition(rows.length, text);
  const partitions = rows.length > 0 ? [partition] : [];
  const result = { columns: columns.map(resultColumn), rowCount: rows.length, partitions };
  store.keep(queryId, result, partition.byteCount);
  return result;
}

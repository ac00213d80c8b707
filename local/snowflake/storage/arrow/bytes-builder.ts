import type { DuckDBBlobVector, DuckDBVector } from '@duckdb/node-api';
import { type Data, type DataType, makeData } from 'apache-arrow';
import { type ArrayBuilder, BATCH_ROWS, Validity } from './builders.ts';

/** Texts and binaries: their lengths come as a vector, their bytes out of the row's packed bytes. */
export class BytesBuilder implements ArrayBuilder {
  readonly sources = 1;
  readonly #type: DataType;
  readonly #validity = new Validity();
  #offsets = new Int32Array(BATCH_ROWS + 1);
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;

  constructor(type: DataType) {
    this.#type = type;
  }

  append([lengths]: readonly DuckDBVector[], rowCount: number): void {
    for (let row = 0; row < rowCount; row += 1) {
      const at = this.#length + row;
      const size = lengths?.getItem(row) as number | null;
      if (size === null) this.#validity.setNull(at);
      this.#offsets[at + 1] = (this.#offsets[at] ?? 0) + (size ?? 0);
    }
    this.#length += rowCount;
    this.#grow(this.#offsets[this.#length] ?? 0);
  }

  /** Copies the value of a row appended last, `back` rows from the end; answers its size. */
  take(packed: Uint8Array, from: number, back: number): number {
    const at = this.#length - back;
    const start = this.#offsets[at] ?? 0;
    const size = (this.#offsets[at + 1] ?? 0) - start;
    // Short values are copied faster byte by byte than through a view of their own.
    if (size < 48) {
      for (let index = 0; index < size; index += 1) {
        this.#bytes[start + index] = packed[from + index] ?? 0;
      }
    } else this.#bytes.set(packed.subarray(from, from + size), start);
    return size;
  }

  #grow(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  get byteLength(): number {
    return (this.#offsets[this.#length] ?? 0) + this.#length * 4;
  }

  finish(): Data {
    const length = this.#length;
    const valueOffsets = this.#offsets.subarray(0, length + 1);
    const data = this.#bytes.subarray(0, valueOffsets[length]);
    this.#offsets = new Int32Array(BATCH_ROWS + 1);
    this.#bytes = new Uint8Array(Math.max(64 * 1024, data.length));
    this.#length = 0;
    const validity = this.#validity.finish();
    return makeData({ type: this.#type, length, data, valueOffsets, ...validity } as never);
  }
}

/** Hands every row's packed bytes out to the builders whose values lie in them, in order. */
export function unpack(
  packed: DuckDBBlobVector,
  builders: readonly BytesBuilder[],
  rowCount: number,
): void {
  for (let row = 0; row < rowCount; row += 1) {
    const bytes = packed.getItemBytes(row);
    if (!bytes) continue;
    let from = 0;
    for (const builder of builders) from += builder.take(bytes, from, rowCount - row);
  }
}

import {
  DuckDBDecimal16Vector,
  DuckDBDecimal32Vector,
  DuckDBDecimal64Vector,
  DuckDBDecimal128Vector,
  type DuckDBVector,
} from '@duckdb/node-api';
import { type Data, type DataType, makeData, type Struct } from 'apache-arrow';

/** Rows of one record batch at most. */
export const BATCH_ROWS = 16_384;

/** A value that needs more bits than its column has; the query is encoded anew with a wider one. */
export class OutOfWidth extends Error {
  override readonly name = 'OutOfWidth';
}

/** Gathers the values of one Arrow array from DuckDB's vectors. */
export interface ArrayBuilder {
  /** Vectors it takes, one after the other. */
  readonly sources: number;
  append(vectors: readonly DuckDBVector[], rowCount: number): void;
  readonly byteLength: number;
  /** The array, leaving the builder empty. */
  finish(): Data;
}

/** Which values are there, a bit each; nothing is allocated as long as all of them are. */
export class Validity {
  #bits: Uint8Array | undefined;
  #nullCount = 0;

  setNull(row: number): void {
    this.#bits ??= new Uint8Array(BATCH_ROWS / 8).fill(0xff);
    const at = row >> 3;
    this.#bits[at] = (this.#bits[at] ?? 0) & ~(1 << (row & 7));
    this.#nullCount += 1;
  }

  finish(): { nullCount: number; nullBitmap?: Uint8Array } {
    const nullCount = this.#nullCount;
    const bits = this.#bits;
    this.#nullCount = 0;
    this.#bits = undefined;
    return bits ? { nullCount, nullBitmap: bits } : { nullCount };
  }
}

type ItemReader = (row: number) => number | bigint | null;

/** Values of a vector; decimals as their scaled integers. */
function itemReader(vector: DuckDBVector): ItemReader {
  if (
    vector instanceof DuckDBDecimal16Vector ||
    vector instanceof DuckDBDecimal32Vector ||
    vector instanceof DuckDBDecimal64Vector ||
    vector instanceof DuckDBDecimal128Vector
  ) {
    return (row) => vector.getScaledValue(row);
  }
  return (row) => vector.getItem(row) as number | bigint | null;
}

type NumberArray = Int8Array | Int16Array | Int32Array | Float64Array;

/** Numbers of up to 32 bits, doubles and days. */
export class NumberBuilder implements ArrayBuilder {
  readonly sources = 1;
  readonly #type: DataType;
  readonly #create: () => NumberArray;
  readonly #validity = new Validity();
  #values: NumberArray;
  #length = 0;

  constructor(type: DataType, create: () => NumberArray) {
    this.#type = type;
    this.#create = create;
    this.#values = create();
  }

  append([vector]: readonly DuckDBVector[], rowCount: number): void {
    const read = itemReader(vector as DuckDBVector);
    for (let row = 0; row < rowCount; row += 1) {
      const value = read(row);
      if (value === null) this.#validity.setNull(this.#length + row);
      else this.#values[this.#length + row] = Number(value);
    }
    this.#length += rowCount;
  }

  get byteLength(): number {
    return this.#length * this.#values.BYTES_PER_ELEMENT;
  }

  finish(): Data {
    const length = this.#length;
    const data = this.#values.subarray(0, length);
    this.#values = this.#create();
    this.#length = 0;
    return makeData({ type: this.#type, length, data, ...this.#validity.finish() } as never);
  }
}

/** Integers of 64 bits. @throws OutOfWidth for a value beyond them. */
export class Int64Builder implements ArrayBuilder {
  readonly sources = 1;
  readonly #type: DataType;
  readonly #validity = new Validity();
  #values = new BigInt64Array(BATCH_ROWS);
  #length = 0;

  constructor(type: DataType) {
    this.#type = type;
  }

  append([vector]: readonly DuckDBVector[], rowCount: number): void {
    const read = itemReader(vector as DuckDBVector);
    for (let row = 0; row < rowCount; row += 1) {
      const value = read(row) as bigint | null;
      const at = this.#length + row;
      if (value === null) this.#validity.setNull(at);
      else {
        this.#values[at] = value;
        if (this.#values[at] !== value) throw new OutOfWidth('a value has more than 64 bits');
      }
    }
    this.#length += rowCount;
  }

  get byteLength(): number {
    return this.#length * 8;
  }

  finish(): Data {
    const length = this.#length;
    const data = this.#values.subarray(0, length);
    this.#values = new BigInt64Array(BATCH_ROWS);
    this.#length = 0;
    return makeData({ type: this.#type, length, data, ...this.#validity.finish() } as never);
  }
}

/** Scaled integers of 128 bits. */
export class DecimalBuilder implements ArrayBuilder {
  readonly sources = 1;
  readonly #type: DataType;
  readonly #validity = new Validity();
  #words = new BigInt64Array(BATCH_ROWS * 2);
  #length = 0;

  constructor(type: DataType) {
    this.#type = type;
  }

  append([vector]: readonly DuckDBVector[], rowCount: number): void {
    const read = itemReader(vector as DuckDBVector);
    for (let row = 0; row < rowCount; row += 1) {
      const item = read(row);
      const at = this.#length + row;
      if (item === null) {
        this.#validity.setNull(at);
        continue;
      }
      const value = BigInt(item);
      this.#words[at * 2] = value;
      this.#words[at * 2 + 1] = value >> 64n;
    }
    this.#length += rowCount;
  }

  get byteLength(): number {
    return this.#length * 16;
  }

  finish(): Data {
    const length = this.#length;
    const data = new Uint32Array(this.#words.buffer, 0, length * 4);
    this.#words = new BigInt64Array(BATCH_ROWS * 2);
    this.#length = 0;
    return makeData({ type: this.#type, length, data, ...this.#validity.finish() } as never);
  }
}

/** Booleans, a bit each. */
export class BooleanBuilder implements ArrayBuilder {
  readonly sources = 1;
  readonly #type: DataType;
  readonly #validity = new Validity();
  #bits = new Uint8Array(BATCH_ROWS / 8);
  #length = 0;

  constructor(type: DataType) {
    this.#type = type;
  }

  append([vector]: readonly DuckDBVector[], rowCount: number): void {
    for (let row = 0; row < rowCount; row += 1) {
      const value = vector?.getItem(row);
      const at = this.#length + row;
      if (value === null) this.#validity.setNull(at);
      else if (value === true) this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) | (1 << (at & 7));
    }
    this.#length += rowCount;
  }

  get byteLength(): number {
    return this.#length >> 3;
  }

  finish(): Data {
    const length = this.#length;
    const data = this.#bits;
    this.#bits = new Uint8Array(BATCH_ROWS / 8);
    this.#length = 0;
    return makeData({ type: this.#type, length, data, ...this.#validity.finish() } as never);
  }
}

/** The parts of a timestamp; it is there when its first part is. */
export class StructBuilder implements ArrayBuilder {
  readonly sources: number;
  readonly #type: Struct;
  readonly #parts: readonly ArrayBuilder[];
  readonly #validity = new Validity();
  #length = 0;

  constructor(type: Struct, parts: readonly ArrayBuilder[]) {
    this.#type = type;
    this.#parts = parts;
    this.sources = parts.length;
  }

  append(vectors: readonly DuckDBVector[], rowCount: number): void {
    for (const [at, part] of this.#parts.entries())
      part.append(vectors.slice(at, at + 1), rowCount);
    for (let row = 0; row < rowCount; row += 1) {
      if (vectors[0]?.getItem(row) === null) this.#validity.setNull(this.#length + row);
    }
    this.#length += rowCount;
  }

  get byteLength(): number {
    return this.#parts.reduce((sum, part) => sum + part.byteLength, 0);
  }

  finish(): Data {
    const length = this.#length;
    const children = this.#parts.map((part) => part.finish());
    this.#length = 0;
    return makeData({ type: this.#type, length, children, ...this.#validity.finish() } as never);
  }
}

import type { DuckDBBlobVector, DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import { type Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import type { Translated } from '../../sql/scope.ts';
import type { ResultSet } from '../../statement.ts';
import type { StoreConnection } from '../connection.ts';
import { partitionLimit } from '../partition-size.ts';
import { type OpenPartition, PartitionWriter } from '../partition-writer.ts';
import { resultColumn } from '../result-column.ts';
import type { ResultStore } from '../result-store.ts';
import { type ArrayBuilder, BATCH_ROWS, OutOfWidth } from './builders.ts';
import { BytesBuilder, unpack } from './bytes-builder.ts';
import { arrowSourceSql, createBuilder } from './columns.ts';
import { decodeRows } from './decode-arrow.ts';
import { arrowField } from './fields.ts';
import { streamOf } from './stream-writer.ts';

/** A chunk of DuckDB at most; a batch ends before one more would overflow it. */
const CHUNK_ROWS = 2048;
/** A batch ends at this size, too, so that long texts do not gather. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Gathers DuckDB's chunks into record batches, and these into partitions. */
class BatchGatherer {
  readonly #writer: PartitionWriter;
  readonly #schema: Schema;
  readonly #builders: readonly ArrayBuilder[];
  readonly #texts: readonly BytesBuilder[];
  #batches: RecordBatch[] = [];
  #batchedBytes = 0;
  #batchedRows = 0;
  #rows = 0;

  constructor(writer: PartitionWriter, fields: readonly Field[]) {
    this.#writer = writer;
    this.#schema = new Schema([...fields]);
    this.#builders = fields.map(({ type }) => createBuilder(type));
    this.#texts = this.#builders.filter((builder) => builder instanceof BytesBuilder);
  }

  async add(chunk: DuckDBDataChunk): Promise<void> {
    const { rowCount } = chunk;
    let at = 0;
    for (const builder of this.#builders) {
      const vectors: DuckDBVector[] = [];
      for (; vectors.length < builder.sources; at += 1) vectors.push(chunk.getColumnVector(at));
      builder.append(vectors, rowCount);
    }
    if (this.#texts.length > 0) {
      unpack(chunk.getColumnVector(at) as DuckDBBlobVector, this.#texts, rowCount);
    }
    this.#rows += rowCount;
    const bytes = this.#builders.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (this.#batchedBytes + bytes >= partitionLimit(this.#writer.count)) await this.#flush();
    else if (this.#rows + CHUNK_ROWS > BATCH_ROWS || bytes > BATCH_BYTES) this.#cutBatch(bytes);
  }

  /** Ends the last partition; a result without rows is one stream without rows. */
  async finish(): Promise<void> {
    if (this.#rows > 0 || this.#batches.length > 0 || this.#writer.count === 0) await this.#flush();
  }

  async #flush(): Promise<void> {
    this.#cutBatch(0);
    const rowCount = this.#batchedRows;
    const bytes = streamOf(this.#schema, this.#batches);
    this.#batches = [];
    this.#batchedBytes = 0;
    this.#batchedRows = 0;
    await this.#writer.write({ rowCount, bytes });
  }

  #cutBatch(bytes: number): void {
    if (this.#rows === 0) return;
    const children = this.#builders.map((builder) => builder.finish());
    const type = new Struct(this.#schema.fields);
    const length = this.#rows;
    const data = makeData({ type, length, nullCount: 0, children });
    this.#batches.push(new RecordBatch(this.#schema, data));
    this.#batchedBytes += bytes;
    this.#batchedRows += length;
    this.#rows = 0;
  }
}

/** A partition of Arrow; its rows as text are for RESULT_SCAN and clients that read JSON only. */
const arrowPartition =
  (query: Translated): OpenPartition =>
  (rowCount, byteCount, load) => ({
    rowCount,
    byteCount,
    arrow: load,
    read: async () => decodeRows(await load(), query.columns.map(resultColumn)),
  });

async function encode(
  connection: StoreConnection,
  writer: PartitionWriter,
  { sql, columns }: Translated,
  isWide: boolean,
): Promise<void> {
  const fields = columns.map((column) =>
    arrowField(
      column,
      isWide && column.type.name === 'NUMBER' && (column.type.precision ?? 38) > 18,
    ),
  );
  const gatherer = new BatchGatherer(writer, fields);
  for await (const chunk of connection.chunks(arrowSourceSql(sql, columns))) {
    await gatherer.add(chunk);
  }
  await gatherer.finish();
}

/**
 * Runs a translated query and keeps its rows as Arrow streams under the query's id. NUMBERs of more
 * than 18 digits are integers of 64 bits as long as all their values fit, as Snowflake's are; when
 * one does not, the query is run again with decimals of 128 bits.
 */
export async function encodeArrowQuery(
  connection: StoreConnection,
  store: ResultStore,
  query: Translated,
  queryId: string,
): Promise<ResultSet> {
  for (const isWide of [false, true]) {
    const writer = new PartitionWriter(store, queryId, arrowPartition(query));
    try {
      await encode(connection, writer, query, isWide);
      return writer.finish(query.columns);
    } catch (error) {
      await writer.discard();
      if (!(error instanceof OutOfWidth) || isWide) throw error;
    }
  }
  throw new OutOfWidth('a value has more than 128 bits');
}

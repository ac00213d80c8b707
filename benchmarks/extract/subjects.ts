import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fileColumns, selectList } from '#src/adapters/duckdb/column-types.ts';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import { memoryBronzeCatalog } from '#src/adapters/memory/memory-bronze-catalog.ts';
import { memoryPipelineStore } from '#src/adapters/memory/memory-pipeline-store.ts';
import { memoryWatermarkStore } from '#src/adapters/memory/memory-watermark-store.ts';
import { snowflakeWarehouse } from '#src/adapters/snowflake/snowflake-warehouse.ts';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { PipelineDocument } from '#src/model/pipeline.ts';
import type { ObjectStore } from '#src/ports/object-store.ts';
import { recordedPath, recordPartitions } from './partitions.ts';
import { columnsOf, tableOf, type Work } from './shapes.ts';

/** Extracts so many rows from a server, into Parquet on the disk; returns the rows written. */
export type Subject = (work: Work, url: string) => Promise<number>;

/** A lake on the disk: the upload itself is not what is compared. */
function folderObjectStore(folder: string): ObjectStore {
  const at = (key: string) => {
    const path = join(folder, key);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  const getText = (key: string) => readFile(at(key), 'utf8').catch(() => null);
  return {
    bucket: 'bench',
    getText,
    async putText(key, text) {
      await writeFile(at(key), text);
      return true;
    },
    async putFile(key, path) {
      copyFileSync(path, at(key));
    },
    async getFile(key, path) {
      copyFileSync(at(key), path);
      return true;
    },
    has: async (key) => (await getText(key)) !== null,
    remove: async (key) => rmSync(at(key), { force: true }),
    list: async () => [],
  };
}

const pipelineFor = (work: Work) =>
  PipelineDocument.parse({
    name: 'bench',
    snowflake: { account: 'bench', warehouse: 'WH', database: 'DB', schema: 'PUBLIC' },
    extract: {
      source_system: 'bench',
      queries: [{ name: 'orders', table: tableOf(work), key: ['id'], strategy: 'fetch' }],
    },
  });

/** The product: plan, parts and commit with its own SQL API client and file writer. */
const snowmeltFetch: Subject = async (work, url) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fetch-'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const login = { account: 'bench', accessUrl: url, user: 'bench', privateKey: pem };
  const credentials = { read: async () => login, forget: () => undefined };
  const files = duckdbFileWriter({ temporaryDirectory: folder, memoryLimitMb: 1024 });
  const deps = {
    openWarehouse: (connection: PipelineDocument['snowflake']) =>
      snowflakeWarehouse({ connection, credentials }),
    lake: folderObjectStore(join(folder, 'lake')),
    pipelines: memoryPipelineStore(pipelineFor(work)),
    watermarks: memoryWatermarkStore(),
    catalog: memoryBronzeCatalog(),
    files,
    keys: files,
    clock: { now: () => new Date() },
    executions: { hasEnded: async () => false },
    leaseSeconds: 60,
    remainingMs: () => Number.POSITIVE_INFINITY,
    scratchDirectory: folder,
    versions: {},
  };
  const interval = { id: 'bench', group: 'default', queries: ['orders'] };
  const request = { runId: 'bench', pipeline: 'bench', query: 'orders', interval };
  const plan = await planExtraction(deps, { step: 'plan', ...request });
  for (const part of plan.parts) await extractPart(deps, { ...plan, step: 'part', part });
  const answer = await commitWindow(deps, { ...plan, step: 'commit' });
  rmSync(folder, { recursive: true });
  return answer.rows;
};

/**
 * The limit: DuckDB alone over the same partitions on the local disk, compressed as they were sent.
 */
const duckdbLocal: Subject = async (work) => {
  const { folder, partitions } = await recordPartitions(work);
  const output = mkdtempSync(join(tmpdir(), 'bench-limit-'));
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1024MB',
  });
  const connection = await instance.connect();
  const sources = columnsOf(work).map(({ type, ...column }) => {
    const names: Record<string, string> = { FIXED: 'NUMBER', REAL: 'FLOAT' };
    return { ...column, type: names[type.toUpperCase()] ?? type.toUpperCase() };
  });
  const files = partitions.map((_, index) => `'${recordedPath(folder, 'array', index)}'`);
  const result = await connection.run(
    `COPY (SELECT ${selectList(fileColumns(sources))}
           FROM read_json([${files.join(', ')}], format = 'array', records = 'false',
                          columns = {'j': 'VARCHAR[]'}) AS rows(j))
     TO '${join(output, 'part.parquet')}' 
     (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)`,
  );
  const written = Number((await result.getRows())[0]?.[0]);
  rmSync(output, { recursive: true });
  return written;
};

interface ParquetjsWriter {
  appendRow(row: object): Promise<void>;
  close(): Promise<void>;
}

/**
 * parquetjs holds no DECIMAL beyond 18 digits; money goes as DOUBLE, which is what its users do.
 */
async function openParquetjs(path: string, work: Work): Promise<ParquetjsWriter> {
  const module: string = 'parquetjs';
  const { default: parquet } = await import(module);
  const types: Record<string, string> = {
    fixed: 'DOUBLE',
    real: 'DOUBLE',
    text: 'UTF8',
    date: 'DATE',
    timestamp_ntz: 'TIMESTAMP_MICROS',
    boolean: 'BOOLEAN',
    variant: 'UTF8',
  };
  const fields = columnsOf(work).map(({ name, type }) => {
    return [name, { type: types[type], optional: true, compression: 'SNAPPY' }];
  });
  const schema = new parquet.ParquetSchema(Object.fromEntries(fields));
  return parquet.ParquetWriter.openFile(schema, path);
}

/** The driver, quiet and without the probes it makes of cloud hosts. */
async function loadSdk() {
  process.env.SNOWFLAKE_DISABLE_MINICORE = '1';
  process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true';
  process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = '1';
  const { default: snowflake } = await import('snowflake-sdk');
  snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false } as object);
  return snowflake;
}

/** The official driver's rows, each written with parquetjs. */
const sdkParquetjs: Subject = async (work, url) => {
  const snowflake = await loadSdk();
  const connection = snowflake.createConnection({
    account: 'bench',
    accessUrl: url,
    username: 'bench',
    password: 'bench',
    streamResult: true,
  } as Parameters<typeof snowflake.createConnection>[0]);
  await connection.connectAsync(() => undefined);
  const output = mkdtempSync(join(tmpdir(), 'bench-sdk-'));
  const writer = await openParquetjs(join(output, 'part.parquet'), work);
  let written = 0;
  const stream = await new Promise<AsyncIterable<object>>((done, fail) => {
    connection.execute({
      sqlText: `select * from ${tableOf(work)}`,
      streamResult: true,
      complete: (error, statement) =>
        error ? fail(error) : done(statement.streamRows() as AsyncIterable<object>),
    });
  });
  for await (const row of stream) {
    await writer.appendRow(row);
    written += 1;
  }
  await writer.close();
  rmSync(output, { recursive: true });
  return written;
};

/** What is loaded before the clock starts, where it is not loaded with this module. */
export const PREPARATIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  'snowflake-sdk + parquetjs': loadSdk,
};

export const SUBJECTS: Readonly<Record<string, Subject>> = {
  'snowmelt fetch': snowmeltFetch,
  'DuckDB on local partitions': duckdbLocal,
  'snowflake-sdk + parquetjs': sdkParquetjs,
};

import { tmpdir } from 'node:os';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import { memoryBronzeCatalog } from '#src/adapters/memory/memory-bronze-catalog.ts';
import { memoryFileWriter } from '#src/adapters/memory/memory-file-writer.ts';
import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import { memoryPipelineStore } from '#src/adapters/memory/memory-pipeline-store.ts';
import { memoryWarehouse } from '#src/adapters/memory/memory-warehouse.ts';
import { memoryWatermarkStore } from '#src/adapters/memory/memory-watermark-store.ts';
import { commitWindow } from '#src/extract/commit-window.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { PipelineDocument } from '#src/model/pipeline.ts';

const FILES = 1000;
const ROWS = 1_000_000;

const pipeline = PipelineDocument.parse({
  name: 'bench',
  snowflake: {
    account: 'bench',
    warehouse: 'WH',
    database: 'DB',
    schema: 'PUBLIC',
    storage_integration: 'LAKE',
  },
  extract: {
    source_system: 'bench',
    queries: [{ name: 'orders', table: 'orders', key: ['id'], strategy: 'unload' }],
  },
});

/**
 * What an unload costs beside Snowflake's own work: plan and commit of a thousand files that are
 * announced, their manifest included; no network.
 */
export async function measureUnload(): Promise<{ files: number; milliseconds: number }> {
  const files = Array.from({ length: FILES }, (_, n) => [
    `part_0_0_${n}.snappy.parquet`,
    '134217728',
    String(ROWS),
  ]);
  const id = { name: 'ID', type: 'NUMBER', precision: 18, scale: 0, length: null, nullable: false };
  const warehouse = memoryWarehouse({
    table: { columns: [id], rows: [] },
    now: () => '2026-01-01 00:00:00.000000000',
    answerAll: () => [[], files, [[String(FILES * ROWS), '1', '2', '0', '1', '9']]],
  });
  const writer = memoryFileWriter();
  const deps = {
    openWarehouse: () => warehouse,
    lake: memoryObjectStore('lake'),
    pipelines: memoryPipelineStore(pipeline),
    watermarks: memoryWatermarkStore(),
    catalog: memoryBronzeCatalog(),
    files: writer,
    keys: duckdbFileWriter({ temporaryDirectory: tmpdir(), memoryLimitMb: 256 }),
    clock: { now: () => new Date() },
    executions: { hasEnded: async () => false },
    leaseSeconds: 60,
    remainingMs: () => Number.POSITIVE_INFINITY,
    scratchDirectory: '/nonexistent',
    versions: {},
  };
  const interval = { id: 'bench', group: 'default', queries: ['orders'] };
  const request = { runId: 'bench', pipeline: 'bench', query: 'orders', interval };
  const startedAt = performance.now();
  const plan = await planExtraction(deps, { step: 'plan', ...request });
  await commitWindow(deps, { ...plan, step: 'commit' });
  return { files: FILES, milliseconds: Math.round(performance.now() - startedAt) };
}

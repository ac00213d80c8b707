import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import { memoryBronzeCatalog } from '#src/adapters/memory/memory-bronze-catalog.ts';
import { memoryFileWriter } from '#src/adapters/memory/memory-file-writer.ts';
import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import { memoryPipelineStore } from '#src/adapters/memory/memory-pipeline-store.ts';
import {
  type MemoryTable,
  type MemoryWarehouseOptions,
  memoryWarehouse,
} from '#src/adapters/memory/memory-warehouse.ts';
import { memoryWatermarkStore } from '#src/adapters/memory/memory-watermark-store.ts';
import type { PlanAnswer, PlanRequest } from '#src/extract/extract-request.ts';
import { PipelineDocument } from '#src/model/pipeline.ts';
import type { SourceColumn } from '#src/ports/warehouse.ts';

/** A column of the source; precision and scale as Snowflake has them by default. */
export const sourceColumn = (
  name: string,
  type: string,
  overrides: Partial<SourceColumn> = {},
): SourceColumn => ({
  name,
  type,
  precision: type === 'NUMBER' ? 38 : null,
  scale: type === 'NUMBER' ? 0 : type.startsWith('TIME') ? 9 : null,
  length: null,
  nullable: true,
  ...overrides,
});

/** A pipeline with one query, `orders`. */
export const pipelineDocument = (query: Record<string, unknown> = {}): PipelineDocument =>
  PipelineDocument.parse({
    name: 'shop',
    snowflake: { account: 'local', warehouse: 'WH', database: 'SHOP', schema: 'PUBLIC' },
    extract: {
      source_system: 'shop_db',
      queries: [
        { name: 'orders', table: 'orders', key: ['id'], watermark_column: 'updated_at', ...query },
      ],
    },
  });

export const orderColumns = [
  sourceColumn('ID', 'NUMBER'),
  sourceColumn('UPDATED_AT', 'TIMESTAMP_NTZ', { nullable: false }),
];

export const orderRows = (count: number) =>
  Array.from({ length: count }, (_, n) => [String(n), `${1_700_000_000 + n}.000000000`]);

export interface ExtractWorld {
  readonly table?: MemoryTable;
  readonly query?: Record<string, unknown>;
  readonly warehouse?: Partial<MemoryWarehouseOptions>;
}

/** Everything the extraction needs, in memory. */
export function extractWorld(world: ExtractWorld = {}) {
  const table = world.table ?? { columns: orderColumns, rows: orderRows(5) };
  const source = { now: '2024-05-01 12:00:00.000000000' };
  const warehouse = memoryWarehouse({ table, now: () => source.now, ...world.warehouse });
  /** Our own clock, and the executions that are over. */
  const clock = { now: new Date('2024-05-01T12:00:01.000Z') };
  const ended = new Set<string>();
  const scratchDirectory = mkdtempSync(join(tmpdir(), 'extract-'));
  const deps = {
    openWarehouse: () => warehouse,
    lake: memoryObjectStore('lake'),
    pipelines: memoryPipelineStore(pipelineDocument(world.query)),
    watermarks: memoryWatermarkStore(),
    catalog: memoryBronzeCatalog(),
    files: memoryFileWriter(),
    keys: duckdbFileWriter({ temporaryDirectory: scratchDirectory, memoryLimitMb: 256 }),
    clock: { now: () => clock.now },
    executions: { hasEnded: async (execution: string) => ended.has(execution) },
    leaseSeconds: 60,
    remainingMs: () => Number.POSITIVE_INFINITY,
    scratchDirectory,
    versions: { snowmelt: '0.0.0' },
  };
  return { deps, table, source, warehouse, clock, ended };
}

export const ORDERS = { pipeline: 'shop', query: 'orders' };

export const planRequest = (runId: string, overrides: Partial<PlanRequest> = {}): PlanRequest => ({
  step: 'plan',
  runId,
  ...ORDERS,
  interval: { id: `interval-${runId}`, group: 'default', queries: ['orders'] },
  ...overrides,
});

/** What the state machine hands on from a plan. */
export const ofRun = (plan: PlanAnswer) => ({
  runId: plan.runId,
  pipeline: plan.pipeline,
  pipelineKey: plan.pipelineKey,
  query: plan.query,
});

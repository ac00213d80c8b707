import type { Manifest } from '#src/model/manifest.ts';
import { PipelineDocument } from '#src/model/pipeline.ts';
import type { LayerReport, TableReport } from '#src/model/quality.ts';

/** A pipeline of two queries in one group and a third by itself, one silver and one gold table. */
export const pipelineDocument = (overrides: object = {}): PipelineDocument =>
  PipelineDocument.parse({
    name: 'shop',
    snowflake: { account: 'a', warehouse: 'w', database: 'd', schema: 's' },
    schedules: [{ group: 'hourly', every_minutes: 60 }],
    extract: {
      source_system: 'shop',
      queries: [
        { name: 'orders', table: 'ORDERS', key: ['ID'], group: 'hourly' },
        { name: 'customers', table: 'CUSTOMERS', key: ['ID'], group: 'hourly' },
        { name: 'regions', table: 'REGIONS', key: ['ID'] },
      ],
    },
    silver: [
      {
        table: 'dim_orders',
        source: 'orders',
        key: ['order_id'],
        surrogate_key: 'order_key',
        columns: [
          { name: 'order_id', type: 'bigint' },
          { name: 'place', type: 'struct<city:string, zip:string>' },
        ],
      },
    ],
    gold: [{ table: 'sales', grain: 'one row a day', key: ['day'], sql: 'select 1 as day' }],
    ...overrides,
  });

export const churnModel = {
  name: 'churn',
  features: 'ml_features',
  labels: 'ml_labels',
  entity: ['customer_id'],
  as_of: 'as_of',
  label: 'churned',
  baseline: 'recency_days',
  predictions: 'churn_scores',
};

export const manifestDocument = (overrides: Partial<Manifest> = {}): Manifest => ({
  version: 1,
  pipeline: 'shop',
  pipelineKey: 'pipelines/shop/memory.json',
  query: 'orders',
  source: 'ORDERS',
  sourceSystem: 'shop',
  key: ['ID'],
  watermarkColumn: 'UPDATED_AT',
  window: { from: null, to: '2026-01-02 00:00:00.000000000' },
  runId: 'run-1',
  interval: {
    id: 'hourly-20260102T030000Z',
    group: 'hourly',
    queries: ['orders', 'customers'],
  },
  queryIds: ['01'],
  snapshotAt: '2026-01-02T03:00:01Z',
  extractedAt: '2026-01-02T03:00:02Z',
  files: [{ key: 'bronze/orders/part-0000.parquet', rows: 10, bytes: 100, sha256: 'a'.repeat(64) }],
  rows: 10,
  sourceRows: 10,
  columns: [{ name: 'ID', type: 'NUMBER(38,0)', nullable: false, parquetType: 'DECIMAL(38,0)' }],
  schemaHash: 'hash',
  nullWatermarkRows: 0,
  drift: [],
  deletes: 'none',
  versions: {},
  ...overrides,
});

export const tableReport = (overrides: Partial<TableReport> = {}): TableReport => ({
  table: 'dim_orders',
  snapshotId: '1',
  rows: 90,
  bytes: 900,
  read: 100,
  accepted: 90,
  duplicates: 0,
  rejects: { missing_id: 10 },
  inserted: 90,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  columns: [
    { name: 'order_key', type: 'bigint' },
    { name: 'order_id', type: 'bigint' },
    { name: 'place', type: 'struct<city:string,zip:string>' },
  ],
  sample: [],
  ...overrides,
});

export const layerReport = (overrides: Partial<LayerReport> = {}): LayerReport => ({
  pipeline: 'shop',
  interval: 'hourly-20260102T030000Z',
  layer: 'silver',
  runId: 'shop-hourly-20260102T030000Z',
  writtenAt: '2026-01-02T03:05:00Z',
  tables: [tableReport()],
  measurements: [],
  ...overrides,
});

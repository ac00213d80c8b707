import { z } from 'zod';
import { Checksum } from './checksum.ts';
import { Drift } from './drift.ts';
import { Interval } from './interval.ts';
import { KeyList } from './key-list.ts';
import { Window } from './window.ts';

export const ManifestFile = z.strictObject({
  key: z.string(),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('absent: Snowflake wrote the file, and nobody has read it since'),
});
export type ManifestFile = z.infer<typeof ManifestFile>;

export const ManifestColumn = z.strictObject({
  name: z.string(),
  type: z.string().describe("the source's type, for example NUMBER(38,0) or TIMESTAMP_NTZ(9)"),
  nullable: z.boolean(),
  parquetType: z
    .string()
    .describe('the type in the files, in DuckDB words, for example DECIMAL(38,0) or TIMESTAMP_NS'),
  readAs: z
    .string()
    .optional()
    .describe(
      'the type to read the column as, where files hold another: a TIMESTAMP from microseconds, ' +
        'a TIMESTAMP_NS from nanoseconds since 1970',
    ),
  nulls: z.int().min(0).optional().describe('rows without a value'),
  min: z
    .string()
    .nullable()
    .optional()
    .describe('least value; null for texts, JSON, binary and boolean, and without values'),
  max: z.string().nullable().optional().describe('greatest value, as min'),
});
export type ManifestColumn = z.infer<typeof ManifestColumn>;

/** How the rows came into the lake, and why so. */
export const Strategy = z.strictObject({
  name: z.enum(['fetch', 'unload']),
  reason: z.string(),
});
export type Strategy = z.infer<typeof Strategy>;

/** What one extraction wrote; its arrival in the lake is what starts the next stage. */
export const Manifest = z.strictObject({
  version: z.literal(1),
  pipeline: z.string(),
  pipelineKey: z.string(),
  query: z.string(),
  source: z.string().describe('table or SQL that was read'),
  sourceSystem: z.string(),
  key: z.array(z.string()),
  watermarkColumn: z.string().nullable(),
  window: Window.nullable(),
  watermarkAfter: z
    .string()
    .nullable()
    .optional()
    .describe('what the watermark is once this has been committed'),
  nullWatermarkRows: z
    .int()
    .min(0)
    .default(0)
    .describe('rows without a watermark that were read beside the window'),
  runId: z.string(),
  interval: Interval,
  queryIds: z.array(z.string()).describe('one, or one for each range'),
  ranges: z
    .strictObject({ column: z.string(), count: z.int().min(1) })
    .optional()
    .describe('the window was read as so many ranges of a column, at the snapshot'),
  snapshotAt: z.string().describe("the source's clock when the window was planned, ISO 8601 UTC"),
  extractedAt: z.string().describe('value of extraction_timestamp in every row, ISO 8601 UTC'),
  deletes: z
    .enum(['none', 'stream', 'changes', 'key_difference'])
    .default('none')
    .describe('how deleted rows were found: with any, rows have _change, upsert or delete'),
  keyList: KeyList.optional().describe('deletes: key_difference: where the last comparison is'),
  files: z.array(ManifestFile),
  rows: z.int().min(0),
  sourceRows: z.int().min(0),
  checksum: Checksum.optional(),
  verified: z
    .enum(['count', 'checksum'])
    .optional()
    .describe('what was found to be equal at the source and in the files'),
  strategy: Strategy.optional(),
  columns: z.array(ManifestColumn),
  schemaHash: z.string(),
  drift: z
    .array(Drift)
    .default([])
    .describe("how the source's columns differ from the last commit's"),
  versions: z.record(z.string(), z.string()),
});
export type Manifest = z.infer<typeof Manifest>;

import { z } from 'zod';

/** What a job measured of one check, where the data is: rows that break it, of rows looked at. */
export const Measurement = z.strictObject({
  check: z.string(),
  failing: z.int().min(0),
  total: z.int().min(0),
});

/** What a job did to one table, and what the table now holds. */
export const TableReport = z.strictObject({
  table: z.string(),
  snapshotId: z.string().nullable(),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  read: z.int().min(0),
  accepted: z.int().min(0),
  duplicates: z.int().min(0),
  rejects: z.record(z.string(), z.int().min(0)),
  inserted: z.int().min(0),
  updated: z.int().min(0),
  deleted: z.int().min(0),
  unchanged: z.int().min(0),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  sample: z
    .array(z.record(z.string(), z.unknown()))
    .describe('at most 20 rows, values as JSON or text'),
});
export type TableReport = z.infer<typeof TableReport>;

/** Written by a job to the artifacts bucket as quality/<pipeline>/<interval>/<layer>.report.json. */
export const LayerReport = z.strictObject({
  pipeline: z.string(),
  interval: z.string(),
  layer: z.enum(['silver', 'gold']),
  runId: z.string(),
  writtenAt: z.string(),
  tables: z.array(TableReport),
  measurements: z.array(Measurement),
});
export type LayerReport = z.infer<typeof LayerReport>;

export const VerdictStatus = z.enum(['pass', 'warn', 'fail']);
export type VerdictStatus = z.infer<typeof VerdictStatus>;

export const CheckResult = z.strictObject({
  check: z.string(),
  table: z.string(),
  status: VerdictStatus,
  failing: z.int().min(0),
  total: z.int().min(0),
  message: z.string(),
});
export type CheckResult = z.infer<typeof CheckResult>;

/** Written by check-quality as quality/<pipeline>/<interval>/<layer>.verdict.json. */
export const Verdict = z.strictObject({
  pipeline: z.string(),
  interval: z.string(),
  layer: z.enum(['silver', 'gold']),
  runId: z.string(),
  judgedAt: z.string(),
  status: VerdictStatus,
  results: z.array(CheckResult),
});
export type Verdict = z.infer<typeof Verdict>;

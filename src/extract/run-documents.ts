import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TerminalError } from '../errors.ts';
import { Drift } from '../model/drift.ts';
import { Interval } from '../model/interval.ts';
import { ManifestColumn, ManifestFile, Strategy } from '../model/manifest.ts';
import { RowProfile } from '../model/row-profile.ts';
import { Window } from '../model/window.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { WindowReading } from './read-window.ts';

const SourceColumnDocument = z.strictObject({
  name: z.string(),
  type: z.string(),
  precision: z.int().nullable(),
  scale: z.int().nullable(),
  length: z.int().nullable(),
  nullable: z.boolean(),
  read: z.enum(['cast', 'null', 'change']).optional(),
});

/** Values of a column, `[from, to)`; null: without an end. The first takes those without a value. */
const RangeDocument = z.strictObject({ from: z.string().nullable(), to: z.string().nullable() });
export type Range = z.infer<typeof RangeDocument>;

/** How a window is split into ranges that are read at one snapshot. */
const SplitDocument = z.strictObject({
  column: SourceColumnDocument,
  ranges: z.array(RangeDocument).min(1),
  rows: z.int().min(0),
});
export type Split = z.infer<typeof SplitDocument>;

export const PartDocument = z.strictObject({
  part: z.int().min(0),
  fromPartition: z.int().min(0),
  toPartition: z.int().min(0),
  firstFile: z.int().min(0),
  rows: z.int().min(0),
  range: RangeDocument.optional().describe('a range has a statement of its own, and partitions'),
});
export type PartDocument = z.infer<typeof PartDocument>;

/**
 * What the plan step found out, for the part and commit steps; too large for a state machine's
 * payload.
 */
export const PlanDocument = z.strictObject({
  version: z.literal(1),
  runId: z.string(),
  pipeline: z.string(),
  pipelineKey: z.string(),
  query: z.string(),
  interval: Interval,
  window: Window.nullable(),
  watermarkColumn: z.string().nullable(),
  watermarkAfter: z.string().nullable(),
  nullWatermarkRows: z.int().min(0),
  drift: z.array(Drift),
  strategy: Strategy,
  sql: z.string(),
  queryId: z.string().nullable().describe('null: every range has its own'),
  split: SplitDocument.nullable().default(null),
  snapshotAt: z.string(),
  extractedAt: z.string(),
  maxFileBytes: z.number().positive(),
  sourceColumns: z.array(SourceColumnDocument),
  columns: z.array(ManifestColumn),
  partitions: z.array(z.strictObject({ rows: z.int().min(0), bytes: z.int().min(0) })),
  parts: z.array(PartDocument),
  rows: z.int().min(0),
  sourceRows: z.int().min(0),
});
export type PlanDocument = z.infer<typeof PlanDocument>;

/** A run's statement, from its start on: what a later invocation goes on from. */
export const StatementDocument = z.strictObject({
  version: z.literal(1),
  pipelineKey: z.string(),
  reading: z.custom<WindowReading>((value) => typeof value === 'object' && value !== null),
  queryId: z.string().nullable().describe('null: every range has its own'),
  strategy: Strategy,
  unloadedColumns: z.array(ManifestColumn).optional().describe('columns of unloaded files'),
  before: z.int().min(0),
  split: SplitDocument.nullable().default(null),
});
export type StatementDocument = z.infer<typeof StatementDocument>;

/** The statement of one range. */
export const RangeStatement = z.strictObject({
  version: z.literal(1),
  queryId: z.string(),
  before: z.int().min(0),
});

/** What one part step wrote, or has written so far. */
export const PartResult = z.strictObject({
  version: z.literal(1),
  part: z.int().min(0),
  queryId: z.string(),
  files: z.array(ManifestFile),
  nextPartition: z
    .int()
    .nullable()
    .default(null)
    .describe('the partition to go on from; null when the part is complete'),
  sourceRows: z.int().min(0).optional().describe('a range: rows that the source counts'),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  profile: RowProfile,
});
export type PartResult = z.infer<typeof PartResult>;

/** A document of a run, or null when it has not been written. */
export async function readDocument<Schema extends z.ZodType>(
  lake: ObjectStore,
  key: string,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const text = await lake.getText(key);
  return text === null ? null : schema.parse(JSON.parse(text));
}

/** @throws TerminalError NOT_FOUND when it has not been written */
export async function requireDocument<Schema extends z.ZodType>(
  lake: ObjectStore,
  key: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const document = await readDocument(lake, key, schema);
  if (document !== null) return document;
  throw new TerminalError(
    `Cannot read ${key}: there is no such object in ${lake.bucket}. Run the extraction again.`,
    { code: 'NOT_FOUND', details: { key } },
  );
}

/** Changes exactly when a column's name, type or place does. */
export function schemaHash(columns: readonly ManifestColumn[]): string {
  const text = JSON.stringify(columns.map(({ name, type, nullable }) => [name, type, nullable]));
  return createHash('sha256').update(text).digest('hex');
}

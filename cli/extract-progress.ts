import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import { bronzeKeys } from '#src/extract/bronze-keys.ts';
import { planFiles } from '#src/extract/plan-files.ts';
import { PlanDocument, readDocument } from '#src/extract/run-documents.ts';
import type { ObjectStore } from '#src/ports/object-store.ts';
import type { QueryId } from '#src/ports/watermark-store.ts';
import { lakeOf } from './object-stores.ts';
import type { Stack } from './stack.ts';

/** How far an extraction has come. */
export interface Progress {
  readonly rows: number;
  readonly totalRows: number;
  /** Text of the rows, in bytes. */
  readonly bytes: number;
  readonly partitions: number;
  readonly totalPartitions: number;
}

/** The rows of a plan whose files are there; null for one whose ranges are not planned file by file. */
export function progressOf(
  plan: PlanDocument,
  fileKeys: readonly string[],
  fileKey: (file: number) => string,
): Progress | null {
  if (plan.split !== null || plan.partitions.length === 0) return null;
  const there = new Set(fileKeys);
  const done = plan.parts.flatMap((part) =>
    planFiles(plan.partitions, part, plan.maxFileBytes).filter((_, index) =>
      there.has(fileKey(part.firstFile + index)),
    ),
  );
  const sum = (field: 'rows' | 'bytes') => done.reduce((total, file) => total + file[field], 0);
  return {
    rows: sum('rows'),
    totalRows: plan.rows,
    bytes: sum('bytes'),
    partitions: done.reduce((total, file) => total + file.toPartition - file.fromPartition, 0),
    totalPartitions: plan.partitions.length,
  };
}

/** One line for people: rows, speed, partitions, time left. */
export function progressLine(query: string, now: Progress, seconds: number): string {
  const speed = now.bytes / 1e6 / seconds;
  const left = now.rows === 0 ? null : (seconds * (now.totalRows - now.rows)) / now.rows;
  return (
    `${query}: ${now.rows} of ${now.totalRows} rows, ${now.partitions} of ${now.totalPartitions} partitions, ` +
    `${speed.toFixed(1)} MB/s${left === null ? '' : `, about ${Math.ceil(left)} s left`}`
  );
}

async function readProgress(lake: ObjectStore, manifestKey: string): Promise<Progress | null> {
  const keys = bronzeKeys(manifestKey);
  const plan = await readDocument(lake, keys.plan, PlanDocument);
  if (plan === null) return null;
  const files = await lake.list(manifestKey.slice(0, manifestKey.lastIndexOf('/') + 1));
  return progressOf(plan, files, keys.file);
}

/** Tells, when asked, how far the extraction of a query has come; nothing while there is nothing to tell. */
export function watchProgress(
  stack: Stack,
  id: QueryId,
  runId: string,
  say: (line: string) => void,
) {
  const client = new DynamoDBClient(stack.clientConfig);
  const watermarks = dynamoWatermarkStore({ table: stack.outputs.StateTable, client });
  const lake = lakeOf(stack);
  let startedAt: number | null = null;
  let told = '';
  return async (): Promise<void> => {
    const { pending } = await watermarks.read(id);
    if (pending?.runId !== runId) return;
    const progress = await readProgress(lake, pending.manifestKey);
    if (progress === null) return;
    startedAt ??= Date.now();
    const state = `${progress.rows}`;
    if (state === told || progress.rows === 0) return;
    told = state;
    say(progressLine(id.query, progress, Math.max(0.1, (Date.now() - startedAt) / 1000)));
  };
}

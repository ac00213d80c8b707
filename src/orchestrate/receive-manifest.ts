import { TerminalError } from '../errors.ts';
import { artifactKeys } from '../model/artifact-keys.ts';
import { executionName } from '../model/execution-name.ts';
import type { Interval, IntervalDocument } from '../model/interval.ts';
import { lateInterval } from '../model/interval-id.ts';
import { Manifest } from '../model/manifest.ts';
import type { ReadyTable } from '../ports/interval-store.ts';
import { isTrainDue } from './is-train-due.ts';
import type { OrchestrateDeps } from './orchestrate-deps.ts';

async function readManifest({ lake }: OrchestrateDeps, key: string): Promise<Manifest> {
  const text = await lake.getText(key);
  if (text === null) {
    throw new TerminalError(
      `Cannot read the manifest ${key}: there is no such object in ${lake.bucket}. Extract the window again.`,
      { code: 'NOT_FOUND', details: { key } },
    );
  }
  const parsed = Manifest.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new TerminalError(
    `Cannot read the manifest ${key}: ${problems.join('; ')}. Extract the window again with this version.`,
    { code: 'EVENT_INVALID', details: { key, problems } },
  );
}

const readyTable = (manifest: Manifest, manifestKey: string): ReadyTable => ({
  query: manifest.query,
  manifestKey,
  pipelineKey: manifest.pipelineKey,
  rows: manifest.rows,
  bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
  files: manifest.files.length,
  extractedAt: manifest.extractedAt,
});

/** The interval a manifest counts for, after counting it; null when it brings no rows to one that is counted already. */
async function countManifest(
  { intervals }: OrchestrateDeps,
  manifest: Manifest,
  key: string,
): Promise<Interval | null> {
  const table = readyTable(manifest, key);
  const counting = await intervals.count(manifest.pipeline, manifest.interval, table);
  if (counting !== 'other') return manifest.interval;
  if (manifest.rows === 0) return null;
  const late = lateInterval(manifest.interval, manifest.query, key);
  await intervals.count(manifest.pipeline, late, table);
  return late;
}

/** The pipeline as the newest of the interval's extractions knew it. */
const newestPipelineKey = (tables: readonly ReadyTable[]): string =>
  tables.reduce((newest, table) => (table.extractedAt > newest.extractedAt ? table : newest))
    .pipelineKey;

function intervalDocument(
  pipeline: string,
  interval: Interval,
  tables: readonly ReadyTable[],
): IntervalDocument {
  return {
    pipeline,
    pipelineKey: newestPipelineKey(tables),
    interval,
    manifests: tables.map(({ query, manifestKey, rows }) => ({ query, key: manifestKey, rows })),
  };
}

/**
 * Counts a manifest for its interval and starts the medallion when it was the last one. Every step can be done
 * again: the count is conditional, the interval document is the same, and so is the execution's name.
 *
 * @returns name of the execution that was started, if one was
 * @throws TerminalError NOT_FOUND or EVENT_INVALID for a manifest that cannot be read
 */
export async function receiveManifest(deps: OrchestrateDeps, key: string): Promise<string[]> {
  const manifest = await readManifest(deps, key);
  const { pipeline } = manifest;
  const interval = await countManifest(deps, manifest, key);
  if (interval === null) return [];
  const { ready, expected, tables } = await deps.intervals.progress(pipeline, interval.id);
  if (ready < expected) return [];
  const document = intervalDocument(pipeline, interval, tables);
  const intervalKey = artifactKeys.interval(pipeline, interval.id);
  await deps.artifacts.putText(intervalKey, JSON.stringify(document, null, 2));
  const { pipelineKey } = document;
  const { model } = await deps.pipelines.byKey(pipelineKey);
  const current = await deps.models.current(pipeline);
  const trainDue = isTrainDue(model, current, interval.id);
  const name = executionName(pipeline, interval.id);
  const input = { pipeline, pipelineKey, interval: interval.id, intervalKey, trainDue };
  return (await deps.executions.start('medallion', name, input)) ? [name] : [];
}

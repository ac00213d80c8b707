import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TerminalError } from '../errors.ts';
import type { ManifestFile } from '../model/manifest.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import { type BronzeKeys, bronzeKeys } from './bronze-keys.ts';
import { type ExtractDeps, requireOwnPending } from './extract-deps.ts';
import type { PartAnswer, PartRequest } from './extract-request.ts';
import { type PartitionRange, planFiles } from './plan-files.ts';
import { PartResult, PlanDocument, readDocument, requireDocument } from './run-documents.ts';

/** Partitions fetched at the same time; each is one connection and a few megabytes. */
const PARALLEL_FETCHES = 4;

interface PartRun {
  readonly deps: ExtractDeps;
  readonly plan: PlanDocument;
  readonly keys: BronzeKeys;
  readonly warehouse: Warehouse;
  readonly sourceSystem: string;
  readonly folder: string;
}

/** The partitions of one file on their way to the disk. */
interface Fetch {
  readonly range: PartitionRange;
  /** Paths of the partitions, in order. */
  readonly paths: readonly string[];
  /** Ends when all are there, or with the first failure. */
  readonly done: Promise<unknown>;
  /** Begins no further partition, and waits for those under way. */
  stop(): Promise<void>;
}

function startFetch(run: PartRun, range: PartitionRange): Fetch {
  const wanted = run.plan.partitions
    .map(({ rows }, index) => ({ rows, path: join(run.folder, `partition-${index}.json`), index }))
    .slice(range.fromPartition, range.toPartition)
    .filter(({ rows }) => rows > 0);
  const paths = wanted.map(({ path }) => path);
  const worker = async () => {
    for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
      await run.warehouse.savePartition(run.plan.queryId, next.index, next.path);
    }
  };
  const workers = Array.from({ length: PARALLEL_FETCHES }, worker);
  const stop = async () => {
    wanted.length = 0;
    await Promise.allSettled(workers);
  };
  return { range, paths, done: inBackground(Promise.all(workers)), stop };
}

/** The fetches of file after file, each complete, while the next one is under way. */
async function* fetchAhead(run: PartRun, ranges: readonly PartitionRange[]) {
  const complete: Fetch[] = [];
  const fetches: Fetch[] = [];
  try {
    for (const range of ranges) {
      const fetch = startFetch(run, range);
      fetches.push(fetch);
      yield* complete.splice(0);
      await fetch.done;
      complete.push(fetch);
    }
    yield* complete;
  } finally {
    for (const fetch of fetches) await fetch.stop();
  }
}

/** Writes one Parquet file from saved partitions and removes these; its path and what it holds. */
async function writeFile(
  run: PartRun,
  { range, paths }: Fetch,
  file: number,
): Promise<{ path: string; entry: ManifestFile }> {
  const path = join(run.folder, `file-${file}.parquet`);
  const written = await run.deps.files.write(
    {
      partitions: paths,
      columns: run.plan.sourceColumns,
      extractedAt: run.plan.extractedAt,
      sourceSystem: run.sourceSystem,
    },
    path,
  );
  await Promise.all(paths.map((partition) => rm(partition)));
  if (written.rows !== range.rows) {
    throw new TerminalError(
      `Cannot take partitions ${range.fromPartition} to ${range.toPartition} ` +
        `of query ${run.plan.queryId}: they hold ${written.rows} rows, ${range.rows} were announced. ` +
        'Extract again.',
      { code: 'RESULT_CORRUPT', details: { queryId: run.plan.queryId, ...range } },
    );
  }
  return { path, entry: { key: run.keys.file(file), ...written } };
}

async function upload(run: PartRun, path: string, entry: ManifestFile): Promise<void> {
  await run.deps.lake.putFile(entry.key, path, { sha256: entry.sha256 });
  await rm(path);
}

/** A promise whose failure is seen only where it is awaited. */
function inBackground<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/**
 * Fetches, writes and uploads file after file, each step while the one before works on the next
 * file.
 */
async function writeFiles(run: PartRun, part: PartRequest['part']): Promise<ManifestFile[]> {
  const ranges = planFiles(run.plan.partitions, part, run.plan.maxFileBytes);
  const entries: ManifestFile[] = [];
  let uploading: Promise<void> = Promise.resolve();
  try {
    for await (const fetch of fetchAhead(run, ranges)) {
      const { path, entry } = await writeFile(run, fetch, part.firstFile + entries.length);
      await uploading;
      uploading = inBackground(upload(run, path, entry));
      entries.push(entry);
    }
  } finally {
    await uploading;
  }
  return entries;
}

async function runPart(run: PartRun, part: PartRequest['part']): Promise<PartResult> {
  const files = await writeFiles(run, part);
  const rows = files.reduce((total, file) => total + file.rows, 0);
  const bytes = files.reduce((total, file) => total + file.bytes, 0);
  const { queryId } = run.plan;
  const result: PartResult = { version: 1, part: part.part, queryId, files, rows, bytes };
  await run.deps.lake.putText(run.keys.part(part.part), JSON.stringify(result));
  return result;
}

/**
 * Second step, once for each part: fetches its result partitions and writes them as Parquet files
 * of the run. Memory and disk hold at most two files' partitions at a time. Done again, it writes
 * the same files, or finds that it has.
 *
 * @throws TerminalError WATERMARK_CONFLICT when another run has planned since, RESULT_CORRUPT when
 *   the rows are not those announced
 */
export async function extractPart(deps: ExtractDeps, request: PartRequest): Promise<PartAnswer> {
  const pending = requireOwnPending(
    await deps.watermarks.read(request),
    { pipeline: request.pipeline, query: request.query },
    request.runId,
  );
  const keys = bronzeKeys(pending.manifestKey);
  const plan = await requireDocument(deps.lake, keys.plan, PlanDocument);
  const resultKey = keys.part(request.part.part);
  const earlier = await readDocument(deps.lake, resultKey, PartResult);
  const document = await deps.pipelines.byKey(request.pipelineKey);
  const answer = ({ part, rows, bytes }: PartResult) => ({ part, resultKey, rows, bytes });
  if (earlier?.queryId === plan.queryId) return answer(earlier);

  const folder = await mkdtemp(join(deps.scratchDirectory, 'part-'));
  try {
    const warehouse = deps.openWarehouse(document.snowflake);
    const sourceSystem = document.extract.source_system;
    const run = { deps, plan, keys, warehouse, sourceSystem, folder };
    return answer(await runPart(run, request.part));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

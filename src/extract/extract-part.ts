import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TerminalError } from '../errors.ts';
import type { ManifestFile } from '../model/manifest.ts';
import { addProfiles, type RowProfile } from '../model/row-profile.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import { type BronzeKeys, bronzeKeys } from './bronze-keys.ts';
import { type ExtractDeps, queryTag, requireOwnPending } from './extract-deps.ts';
import { type PartAnswer, type PartRequest, queryIdOf } from './extract-request.ts';
import { findWork } from './find-work.ts';
import { hasTimeFor, WAIT_SECONDS } from './invocation.ts';
import { renewLease } from './lease.ts';
import { type PartitionRange, planFiles } from './plan-files.ts';
import { PartResult, PlanDocument, readDocument, requireDocument } from './run-documents.ts';

/** Partitions fetched at the same time; each is one connection and a few megabytes. */
const PARALLEL_FETCHES = 4;

/** A plan whose result is there. */
export type ResultPlan = PlanDocument & { readonly queryId: string };

interface PartRun {
  readonly deps: ExtractDeps;
  readonly plan: ResultPlan;
  readonly keys: BronzeKeys;
  readonly warehouse: Warehouse;
  readonly sourceSystem: string;
  readonly folder: string;
  /** Rows that the source counts in a range. */
  readonly sourceRows?: number;
}

/** A file that was written here, so that its digest is known. */
type FetchedFile = ManifestFile & { readonly sha256: string };

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
): Promise<{ path: string; entry: FetchedFile; profile: RowProfile }> {
  const path = join(run.folder, `file-${file}.parquet`);
  const { profile, ...written } = await run.deps.files.write(
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
  return { path, entry: { key: run.keys.file(file), ...written }, profile };
}

async function upload(run: PartRun, path: string, entry: FetchedFile): Promise<void> {
  await run.deps.lake.putFile(entry.key, path, { sha256: entry.sha256 });
  await rm(path);
}

/** A promise whose failure is seen only where it is awaited. */
function inBackground<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/** Files that were written, and the partition to go on from; null when none is left. */
interface Written {
  readonly files: readonly ManifestFile[];
  readonly profiles: readonly RowProfile[];
  readonly nextPartition: number | null;
}

/** A part as far as earlier invocations came with it. */
type Remaining = PartRequest['part'];

/**
 * Fetches, writes and uploads file after file, each step while the one before works on the next
 * file. Stops at the end of a file when the invocation has no time for another like the longest.
 */
async function writeFiles(run: PartRun, part: Remaining): Promise<Written> {
  const ranges = planFiles(run.plan.partitions, part, run.plan.maxFileBytes);
  const files: ManifestFile[] = [];
  const profiles: RowProfile[] = [];
  let uploading: Promise<void> = Promise.resolve();
  let longestMs = 0;
  try {
    let startedAt = performance.now();
    for await (const fetch of fetchAhead(run, ranges)) {
      const { path, entry, profile } = await writeFile(run, fetch, part.firstFile + files.length);
      await uploading;
      uploading = inBackground(upload(run, path, entry));
      files.push(entry);
      profiles.push(profile);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      startedAt = performance.now();
      if (!hasTimeFor(run.deps.remainingMs(), longestMs)) break;
    }
  } finally {
    await uploading;
  }
  return { files, profiles, nextPartition: ranges[files.length]?.fromPartition ?? null };
}

const sumOf = (files: readonly ManifestFile[], what: 'rows' | 'bytes') =>
  files.reduce((total, file) => total + file[what], 0);

/** Goes on from what earlier invocations wrote, and notes how far it came. */
async function runPart(
  run: PartRun,
  part: PartRequest['part'],
  earlier: PartResult | null,
): Promise<PartResult> {
  const done = earlier?.files ?? [];
  const written = await writeFiles(run, {
    ...part,
    fromPartition: earlier?.nextPartition ?? part.fromPartition,
    firstFile: part.firstFile + done.length,
  });
  const files = [...done, ...written.files];
  const result: PartResult = {
    version: 1,
    part: part.part,
    queryId: run.plan.queryId,
    ...(run.sourceRows === undefined ? {} : { sourceRows: run.sourceRows }),
    files,
    nextPartition: written.nextPartition,
    rows: sumOf(files, 'rows'),
    bytes: sumOf(files, 'bytes'),
    profile: addProfiles(run.plan.sourceColumns, [
      ...(earlier === null ? [] : [earlier.profile]),
      ...written.profiles,
    ]),
  };
  await run.deps.lake.putText(run.keys.part(part.part), JSON.stringify(result));
  return result;
}

/**
 * Second step, once for each part: fetches its result partitions and writes them as Parquet files
 * of the run. Memory and disk hold at most two files' partitions at a time. Before its invocation's
 * time is up it stops at the end of a file and says from where to go on. Done again, it writes the
 * same files, or finds that it has.
 *
 * @throws TerminalError WATERMARK_CONFLICT when another run has planned since, RESULT_CORRUPT when
 *   the rows are not those announced
 */
export async function extractPart(deps: ExtractDeps, request: PartRequest): Promise<PartAnswer> {
  const id = queryIdOf(request);
  const watermark = await renewLease(deps, id, request.runId);
  const pending = requireOwnPending(watermark, id, request.runId);
  const keys = bronzeKeys(pending.manifestKey);
  const plan = await requireDocument(deps.lake, keys.plan, PlanDocument);
  const resultKey = keys.part(request.part.part);
  const found = await readDocument(deps.lake, resultKey, PartResult);
  const isOfRun = plan.split !== null || found?.queryId === plan.queryId;
  const earlier = isOfRun ? found : null;
  const answer = ({ part, rows, bytes, nextPartition }: PartResult) => {
    return { part, resultKey, rows, bytes, isDone: nextPartition === null, nextPartition };
  };
  if (earlier?.nextPartition === null) return answer(earlier);
  const document = await deps.pipelines.byKey(request.pipelineKey);
  const warehouse = deps.openWarehouse(document.snowflake, queryTag(request));
  const work = await findWork({ deps, warehouse, plan, keys, request });
  if (work === null) {
    const { part } = request.part;
    const waiting = { isDone: false, nextPartition: null, waitSeconds: WAIT_SECONDS };
    return { part, resultKey, rows: 0, bytes: 0, ...waiting };
  }
  const folder = await mkdtemp(join(deps.scratchDirectory, 'part-'));
  try {
    const sourceSystem = document.extract.source_system;
    const run = { deps, warehouse, sourceSystem, folder, ...work };
    return answer(await runPart(run, work.part, earlier));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { z } from 'zod';
import { artifactKeys, publishedPipelines } from '../model/artifact-keys.ts';
import type { LayerReport, Verdict } from '../model/quality.ts';
import {
  type Failure,
  type LayerTotals,
  Machine,
  type ModelStatus,
  type PipelineStatus,
  type StatusOverview,
  type VerdictSummary,
} from '../model/status.ts';
import type { PublishedPipeline } from '../ports/pipeline-store.ts';
import type { BronzeTotals } from '../ports/status-store.ts';
import { compareText } from './compare-text.ts';
import { parseJson } from './parse-json.ts';
import { readableCause } from './readable-cause.ts';
import { readQuality } from './run-documents.ts';
import type { StatusDeps } from './status-deps.ts';

const RUNS_SHOWN = 10;
/** Newest medallion runs whose reports are read: what a table now holds is in the newest report that names it. */
const RUNS_READ = 20;
const FAILURES_SHOWN = 10;

const MedallionInput = z.object({ pipeline: z.string(), interval: z.string() });

interface PipelineRead extends PublishedPipeline {
  readonly bronze: readonly BronzeTotals[];
}

async function readPipelines(deps: StatusDeps): Promise<PipelineRead[]> {
  const names = publishedPipelines(await deps.artifacts.list(artifactKeys.pipelines));
  return Promise.all(
    names.map(async (name) => ({
      ...(await deps.pipelines.current(name)),
      bronze: await deps.store.bronzeTotals(name),
    })),
  );
}

async function pipelineStatus(
  { store }: StatusDeps,
  { key, document, bronze }: PipelineRead,
): Promise<PipelineStatus> {
  const queries = document.extract.queries.map(async ({ name, group }) => {
    const watermark = await store.watermark(document.name, name);
    const { value = null, committedAt = null } = watermark ?? {};
    return { name, group, watermark: value, committedAt };
  });
  const newest = bronze.toSorted((a, b) => compareText(b.updatedAt, a.updatedAt))[0];
  return {
    name: document.name,
    pipelineKey: key,
    queries: await Promise.all(queries),
    schedules: document.schedules.map((schedule) => ({
      group: schedule.group,
      everyMinutes: schedule.every_minutes,
    })),
    newestInterval: newest?.interval ?? null,
  };
}

/** Reports and verdicts of the newest medallion runs, newest first. */
async function readRecentQuality(deps: StatusDeps) {
  const runs = await deps.runs.list({ machine: 'medallion', limit: RUNS_READ });
  const read = await Promise.all(
    runs.map(async ({ name }) => {
      const record = await deps.runs.find('medallion', name);
      const input = MedallionInput.safeParse(parseJson(record?.input ?? null));
      return input.success ? input.data : null;
    }),
  );
  const intervals = new Map(
    read.flatMap((one) => (one ? [[`${one.pipeline}/${one.interval}`, one]] : [])),
  );
  const quality = [...intervals.values()].map(({ pipeline, interval }) =>
    readQuality(deps, pipeline, interval),
  );
  const all = await Promise.all(quality);
  return {
    reports: all.flatMap(({ reports }) => reports),
    verdicts: all.flatMap(({ verdicts }) => verdicts),
  };
}

const total = (layer: LayerTotals['layer'], tables: LayerTotals['tables']): LayerTotals => ({
  layer,
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
  tables: tables.toSorted((a, b) => compareText(a.table, b.table)),
});

function bronzeLayer(pipelines: readonly PipelineRead[]): LayerTotals {
  const tables = pipelines.flatMap(({ document, bronze }) =>
    bronze.map(({ query, rows, bytes, updatedAt, interval }) => ({
      pipeline: document.name,
      table: query,
      rows,
      bytes,
      updatedAt,
      interval,
    })),
  );
  return total('bronze', tables);
}

function reportedLayer(layer: 'silver' | 'gold', reports: readonly LayerReport[]): LayerTotals {
  const newest = new Map<string, LayerTotals['tables'][number]>();
  for (const { pipeline, interval, writtenAt, tables } of reports.filter(
    (r) => r.layer === layer,
  )) {
    for (const { table, rows, bytes } of tables) {
      const known = newest.get(table);
      if (known?.updatedAt && known.updatedAt >= writtenAt) continue;
      newest.set(table, { pipeline, table, rows, bytes, updatedAt: writtenAt, interval });
    }
  }
  return total(layer, [...newest.values()]);
}

/** Of each pipeline and layer the newest document. */
function newestOfLayers<Document extends { pipeline: string; layer: string }>(
  documents: readonly Document[],
  time: (document: Document) => string,
): Document[] {
  const newest = new Map<string, Document>();
  for (const document of documents) {
    const key = `${document.pipeline}/${document.layer}`;
    const known = newest.get(key);
    if (known === undefined || time(known) < time(document)) newest.set(key, document);
  }
  return [...newest.values()];
}

const rejectsOf = (reports: readonly LayerReport[]): StatusOverview['rejects'] =>
  reports.flatMap(({ pipeline, interval, tables }) =>
    tables.flatMap(({ table, rejects }) =>
      Object.entries(rejects)
        .filter(([, rows]) => rows > 0)
        .map(([reason, rows]) => ({ pipeline, table, reason, rows, interval })),
    ),
  );

function summarizeVerdict({ results, ...verdict }: Verdict): VerdictSummary {
  const named = (status: string) =>
    results.filter((result) => result.status === status).map(({ check }) => check);
  const { pipeline, interval, layer, status, judgedAt } = verdict;
  const counts = { checks: results.length, failed: named('fail'), warned: named('warn') };
  return { pipeline, interval, layer, status, judgedAt, ...counts };
}

async function readModels(
  deps: StatusDeps,
  pipelines: readonly PipelineRead[],
): Promise<ModelStatus[]> {
  const models = await Promise.all(
    pipelines.map(async ({ document }): Promise<ModelStatus[]> => {
      const current = await deps.models.current(document.name);
      if (current === null || document.model === undefined) return [];
      const metadata = await deps.modelMetadata.read(current.modelKey);
      const { metrics = {}, baseline = {} } = metadata ?? {};
      return [
        { pipeline: document.name, name: document.model.name, ...current, metrics, baseline },
      ];
    }),
  );
  return models.flat();
}

async function readFailures({ store }: StatusDeps): Promise<Failure[]> {
  const found = Machine.options.map((machine) => store.failures(machine, FAILURES_SHOWN));
  const all = (await Promise.all(found)).flat();
  const newest = all.toSorted((a, b) => compareText(b.at, a.at)).slice(0, FAILURES_SHOWN);
  return newest.map((failure) => ({ ...failure, cause: readableCause(failure.cause) }));
}

async function newestRuns({ runs }: StatusDeps): Promise<StatusOverview['machines']> {
  return Promise.all(
    Machine.options.map(async (machine) => ({
      machine,
      runs: [...(await runs.list({ machine, limit: RUNS_SHOWN }))],
    })),
  );
}

/** What is deployed, what ran, what the lake holds, how good it is. */
export async function overview(deps: StatusDeps): Promise<StatusOverview> {
  const pipelines = await readPipelines(deps);
  const { reports, verdicts } = await readRecentQuality(deps);
  return {
    stage: deps.stage,
    generatedAt: deps.clock.now().toISOString(),
    pipelines: await Promise.all(pipelines.map((pipeline) => pipelineStatus(deps, pipeline))),
    machines: await newestRuns(deps),
    layers: [
      bronzeLayer(pipelines),
      reportedLayer('silver', reports),
      reportedLayer('gold', reports),
    ],
    verdicts: newestOfLayers(verdicts, ({ judgedAt }) => judgedAt).map(summarizeVerdict),
    rejects: rejectsOf(newestOfLayers(reports, ({ writtenAt }) => writtenAt)),
    models: await readModels(deps, pipelines),
    failures: await readFailures(deps),
  };
}

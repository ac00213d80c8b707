import type { z } from 'zod';
import { artifactKeys } from '../model/artifact-keys.ts';
import { IntervalDocument } from '../model/interval.ts';
import { Manifest } from '../model/manifest.ts';
import { LayerReport, Verdict } from '../model/quality.ts';
import type { TableSample } from '../model/status.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { StatusDeps } from './status-deps.ts';

const LAYERS = ['silver', 'gold'] as const;

/** Most manifests of one run that are read for the page. */
const MAX_MANIFESTS = 50;

export interface RunDocuments {
  readonly intervalDocument: IntervalDocument | null;
  readonly manifests: { key: string; manifest: Manifest }[];
  readonly reports: LayerReport[];
  readonly verdicts: Verdict[];
}

/** A document, or null when it is not there or of another shape: a page shows what there is. */
export async function readIfValid<Schema extends z.ZodType>(
  store: ObjectStore,
  key: string,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const text = await store.getText(key);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const present = <Item>(items: readonly (Item | null)[]): Item[] =>
  items.filter((item) => item !== null);

export async function readManifests(
  { lake }: StatusDeps,
  keys: readonly string[],
): Promise<RunDocuments['manifests']> {
  const read = keys.slice(0, MAX_MANIFESTS).map(async (key) => {
    const manifest = await readIfValid(lake, key, Manifest);
    return manifest === null ? null : { key, manifest };
  });
  return present(await Promise.all(read));
}

/** Reports and verdicts of an interval, silver first. */
export async function readQuality(
  { artifacts }: StatusDeps,
  pipeline: string,
  interval: string,
): Promise<Pick<RunDocuments, 'reports' | 'verdicts'>> {
  const reports = LAYERS.map((layer) =>
    readIfValid(artifacts, artifactKeys.report(pipeline, interval, layer), LayerReport),
  );
  const verdicts = LAYERS.map((layer) =>
    readIfValid(artifacts, artifactKeys.verdict(pipeline, interval, layer), Verdict),
  );
  return {
    reports: present(await Promise.all(reports)),
    verdicts: present(await Promise.all(verdicts)),
  };
}

/** Documents of a medallion or train-model run; reports and verdicts only of this very run. */
export async function readIntervalDocuments(
  deps: StatusDeps,
  input: { readonly pipeline: string; readonly interval: string; readonly intervalKey: string },
  runId: string,
): Promise<RunDocuments> {
  const document = await readIfValid(deps.artifacts, input.intervalKey, IntervalDocument);
  const { reports, verdicts } = await readQuality(deps, input.pipeline, input.interval);
  const ofRun = (one: { runId: string }) => one.runId === runId;
  return {
    intervalDocument: document,
    manifests: await readManifests(deps, document?.manifests.map(({ key }) => key) ?? []),
    reports: reports.filter(ofRun),
    verdicts: verdicts.filter(ofRun),
  };
}

/** Rows of each table that a run wrote. */
export const samplesOf = (reports: readonly LayerReport[]): TableSample[] =>
  reports.flatMap(({ layer, tables }) =>
    tables.map(({ table, columns, sample }) => ({ layer, table, columns, rows: sample })),
  );

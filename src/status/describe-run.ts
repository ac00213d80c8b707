import { z } from 'zod';
import { TerminalError } from '../errors.ts';
import { executionName } from '../model/execution-name.ts';
import type { RunDetail, StateRun } from '../model/status.ts';
import type { RunRecord } from '../ports/run-history.ts';
import { machineGraph } from './machine-graph.ts';
import { parseJson } from './parse-json.ts';
import { readableCause } from './readable-cause.ts';
import {
  type RunDocuments,
  readIntervalDocuments,
  readManifests,
  samplesOf,
} from './run-documents.ts';
import { parseRunId, type RunName, runId } from './run-id.ts';
import { AslMachine } from './state-language.ts';
import { type StateTrace, traceStates } from './state-runs.ts';
import { stateWork } from './state-work.ts';
import type { StatusDeps } from './status-deps.ts';

/** What the inputs of our machines have in common, as far as a page needs it. */
const RunInput = z.object({
  pipeline: z.string().nullish(),
  query: z.string().nullish(),
  interval: z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish(),
  intervalKey: z.string().nullish(),
  runId: z.string().nullish(),
});
type RunInput = z.infer<typeof RunInput>;

const Committed = z.object({ manifestKey: z.string() });

const NO_DOCUMENTS: RunDocuments = {
  intervalDocument: null,
  manifests: [],
  reports: [],
  verdicts: [],
};

/** @throws TerminalError NOT_FOUND for an id that names no run */
export async function findRun(
  deps: StatusDeps,
  id: string,
): Promise<{ run: RunName; record: RunRecord }> {
  const run = parseRunId(id);
  const record = run === null ? null : await deps.runs.find(run.machine, run.name);
  if (run === null || record === null) {
    throw new TerminalError(
      `Cannot show the run ${id}: there is none of that id. Look at the list of runs.`,
      { code: 'NOT_FOUND', details: { id } },
    );
  }
  return { run, record };
}

/** The machine a run follows and what it has done in each state. */
export async function traceRun(deps: StatusDeps, { machine, name }: RunName, record: RunRecord) {
  const definition = AslMachine.parse(JSON.parse(await deps.runs.definition(machine, name)));
  const events = await deps.runs.events(machine, name);
  const traces = traceStates(definition, events, {
    status: record.summary.status,
    error: record.error,
    cause: record.cause,
  });
  return { definition, traces };
}

const readInput = (record: RunRecord): RunInput =>
  RunInput.safeParse(parseJson(record.input, Number.POSITIVE_INFINITY)).data ?? {};

async function readDocuments(
  deps: StatusDeps,
  run: RunName,
  input: RunInput,
  record: RunRecord,
): Promise<RunDocuments> {
  if (run.machine === 'extract') {
    const committed = Committed.safeParse(parseJson(record.output)).data;
    const keys = committed === undefined ? [] : [committed.manifestKey];
    return { ...NO_DOCUMENTS, manifests: await readManifests(deps, keys) };
  }
  const { pipeline, interval, intervalKey } = input;
  if (!pipeline || !interval || !intervalKey) return NO_DOCUMENTS;
  return readIntervalDocuments(deps, { pipeline, interval, intervalKey }, run.name);
}

/** Runs before and after one: extract → medallion → train-model. */
async function relatedRuns(
  deps: StatusDeps,
  run: RunName,
  input: RunInput,
  { manifests }: RunDocuments,
): Promise<RunDetail['related']> {
  const { pipeline, interval } = input;
  if (run.machine === 'train-model') {
    const parent = input.runId;
    if (!parent) return [];
    return [
      { id: runId('medallion', parent), machine: 'medallion', why: 'asked for the training' },
    ];
  }
  if (run.machine === 'medallion') {
    return manifests.map(({ manifest }) => ({
      id: runId('extract', manifest.runId),
      machine: 'extract' as const,
      why: `extracted ${manifest.query}`,
    }));
  }
  if (!pipeline || !interval) return [];
  const name = executionName(pipeline, interval);
  if ((await deps.runs.find('medallion', name)) === null) return [];
  return [{ id: runId('medallion', name), machine: 'medallion', why: 'took in what it extracted' }];
}

const readable = (cause: string | null) => (cause === null ? null : readableCause(cause));

const withoutTaskOutput = ({ taskOutput: _, ...state }: StateTrace) => state;

/**
 * Everything the page shows of one run.
 *
 * @throws TerminalError NOT_FOUND for an id that names no run
 */
export async function describeRun(deps: StatusDeps, id: string): Promise<RunDetail> {
  const { run, record } = await findRun(deps, id);
  const { definition, traces } = await traceRun(deps, run, record);
  const input = readInput(record);
  const documents = await readDocuments(deps, run, input, record);
  const states = traces.map(
    async (state): Promise<StateRun> => ({
      ...withoutTaskOutput(state),
      cause: readable(state.cause),
      ...(await stateWork(deps, run, definition, state)),
    }),
  );
  return {
    run: record.summary,
    pipeline: input.pipeline ?? null,
    interval: input.interval ?? null,
    query: input.query ?? null,
    input: parseJson(record.input),
    output: parseJson(record.output),
    error: record.error,
    cause: readable(record.cause),
    graph: machineGraph(definition, `snowmelt-${deps.stage}-`),
    states: await Promise.all(states),
    related: await relatedRuns(deps, run, input, documents),
    ...documents,
    samples: samplesOf(documents.reports),
  };
}

import type { RunStatus, StateRun } from '../model/status.ts';
import type { RunEvent } from '../ports/run-history.ts';
import { compareText } from './compare-text.ts';
import { statesOf } from './machine-graph.ts';
import { parseJson } from './parse-json.ts';
import { type AslMachine, valueAt } from './state-language.ts';

/** What is known of a state from the events of a run; jobs and children are looked up elsewhere. */
export type StateTrace = Omit<StateRun, 'job' | 'childRunId'> & {
  /** Output of the newest submitted or finished task, parsed. */
  readonly taskOutput: unknown;
};

/** Sorts behind every time. */
const NEVER = '~';

interface Gathered {
  readonly entered: RunEvent;
  exited: RunEvent | null;
  readonly own: RunEvent[];
}

/** Gives each event to the state it belongs to: by the chain of previous events, else to the one entered last. */
function gather(events: readonly RunEvent[]): Map<string, Gathered[]> {
  const visits = new Map<string, Gathered[]>();
  const byEvent = new Map<number, Gathered>();
  let latest: Gathered | undefined;
  for (const event of events) {
    if (event.kind === 'entered' && event.state !== null) {
      latest = { entered: event, exited: null, own: [] };
      visits.set(event.state, [...(visits.get(event.state) ?? []), latest]);
      byEvent.set(event.id, latest);
      continue;
    }
    const visit = exitedVisit(event, visits) ?? byEvent.get(event.previousId) ?? latest;
    if (visit === undefined) continue;
    byEvent.set(event.id, visit);
    if (event.kind === 'exited') visit.exited = event;
    else visit.own.push(event);
  }
  return visits;
}

/** The oldest visit of a state that has not been left when the state is exited. */
const exitedVisit = (event: RunEvent, visits: Map<string, Gathered[]>): Gathered | undefined =>
  event.kind === 'exited' && event.state !== null
    ? visits.get(event.state)?.find(({ exited }) => exited === null)
    : undefined;

const milliseconds = (from: string, to: string) => Math.max(0, Date.parse(to) - Date.parse(from));

const blank = (name: string, runStatus: RunStatus): StateTrace => ({
  name,
  status: runStatus === 'RUNNING' ? 'pending' : 'skipped',
  enteredAt: null,
  exitedAt: null,
  durationMs: null,
  attempts: 0,
  input: null,
  output: null,
  error: null,
  cause: null,
  iterations: null,
  taskOutput: null,
});

function visitStatus(visit: Gathered, failed: boolean, runStatus: RunStatus): StateRun['status'] {
  if (visit.exited !== null) return failed ? 'caught' : 'succeeded';
  if (runStatus === 'RUNNING') return 'running';
  if (runStatus === 'ABORTED') return 'aborted';
  return runStatus === 'SUCCEEDED' ? 'succeeded' : 'failed';
}

function trace(name: string, visits: readonly Gathered[], run: TracedRun): StateTrace {
  const visit = visits.find(({ exited }) => exited === null) ?? visits.at(-1);
  if (visit === undefined) return blank(name, run.status);
  const { entered, exited, own } = visit;
  const outcome = own.findLast(({ kind }) => kind === 'succeeded' || kind === 'failed');
  const failure = outcome?.kind === 'failed' ? outcome : null;
  const status = visitStatus(visit, failure !== null, run.status);
  const isEnd = status === 'failed' && failure === null;
  const begun = own.filter(({ kind }) => kind === 'begun').length;
  const told = own.findLast(({ kind }) => kind === 'succeeded' || kind === 'submitted');
  return {
    name,
    status,
    enteredAt: entered.at,
    exitedAt: exited?.at ?? null,
    durationMs: exited === null ? null : milliseconds(entered.at, exited.at),
    attempts: Math.max(1, begun),
    input: parseJson(entered.data),
    output: parseJson(exited?.data ?? null),
    error: failure?.error ?? (isEnd ? run.error : null),
    cause: failure?.cause ?? (isEnd ? run.cause : null),
    iterations: null,
    taskOutput: parseJson(told?.data ?? null, Number.POSITIVE_INFINITY),
  };
}

/** Iterations of a Map: from its events, and where the history has none of them, from its input. */
function iterationsOf(map: StateTrace, visits: readonly Gathered[], itemsPath: string) {
  if (map.enteredAt === null) return null;
  const own = visits.flatMap((visit) => visit.own);
  const count = (kind: RunEvent['kind']) => own.filter((event) => event.kind === kind).length;
  const items = valueAt(map.input, itemsPath);
  const total = Array.isArray(items) ? items.length : count('iterationStarted');
  const done = map.status === 'succeeded' ? total : count('iterationSucceeded');
  return { total, succeeded: done, failed: count('iterationFailed') };
}

export interface TracedRun {
  readonly status: RunStatus;
  readonly error: string | null;
  readonly cause: string | null;
}

/** Every state of a machine with what a run did in it, in the order they were entered; those not entered come last. */
export function traceStates(
  machine: AslMachine,
  events: readonly RunEvent[],
  run: TracedRun,
): StateTrace[] {
  const visits = gather(events);
  const traces = new Map<string, StateTrace>();
  for (const { name, state, parent } of statesOf(machine)) {
    const own = visits.get(name) ?? [];
    const traced = trace(name, own, run);
    const around = parent === null ? undefined : traces.get(parent);
    if (state.Type === 'Map') {
      const iterations = iterationsOf(traced, own, state.ItemsPath);
      traces.set(name, { ...traced, iterations });
    } else if (own.length === 0 && around?.enteredAt) {
      traces.set(name, { ...around, name, input: null, output: null, iterations: null });
    } else traces.set(name, traced);
  }
  const order = ({ enteredAt }: StateTrace) => enteredAt ?? NEVER;
  return [...traces.values()].sort((a, b) => compareText(order(a), order(b)));
}

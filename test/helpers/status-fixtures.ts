import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import { memoryModelStore } from '#src/adapters/memory/memory-orchestration.ts';
import { memoryPipelineStore } from '#src/adapters/memory/memory-pipeline-store.ts';
import {
  memoryJobRuns,
  memoryLogReader,
  memoryModelMetadata,
  memoryRunHistory,
  memoryStatusStore,
} from '#src/adapters/memory/memory-status.ts';
import type { Machine, RunStatus } from '#src/model/status.ts';
import type { RunEvent, RunEventKind, RunRecord } from '#src/ports/run-history.ts';
import type { StatusDeps } from '#src/status/status-deps.ts';
import { readDefinition } from './state-machine.ts';

export const definitionOf = (machine: Machine): string => JSON.stringify(readDefinition(machine));

/** Something that happened: kind, state, and what it carries. */
export type Happening = readonly [
  kind: RunEventKind,
  state: string | null,
  details?: Partial<Pick<RunEvent, 'data' | 'error' | 'cause' | 'previousId'>>,
];

/** Events a second apart from the start of 2026, in order; without `previousId` as the emulator tells them. */
export const eventsOf = (...happenings: readonly Happening[]): RunEvent[] =>
  happenings.map(([kind, state, details], index) => ({
    id: index + 1,
    previousId: 0,
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
    kind,
    state,
    data: null,
    error: null,
    cause: null,
    ...details,
  }));

export function runRecord(
  machine: Machine,
  name: string,
  overrides: Partial<Omit<RunRecord, 'summary'>> & {
    readonly status?: RunStatus;
    readonly startedAt?: string;
  } = {},
): RunRecord {
  const { status = 'SUCCEEDED', startedAt = '2026-01-01T00:00:00.000Z', ...rest } = overrides;
  const isOver = status !== 'RUNNING';
  return {
    summary: {
      id: `${machine}:${name}`,
      machine,
      name,
      status,
      startedAt,
      stoppedAt: isOver ? '2026-01-01T00:01:00.000Z' : null,
      durationMs: isOver ? 60_000 : null,
    },
    input: '{}',
    output: null,
    error: null,
    cause: null,
    ...rest,
  };
}

/** A status page over empty stores, with what a test puts in their place. */
export const statusDeps = (overrides: Partial<StatusDeps> = {}): StatusDeps => ({
  stage: 'local',
  clock: { now: () => new Date('2026-01-01T01:00:00Z') },
  lake: memoryObjectStore('lake'),
  artifacts: memoryObjectStore('artifacts'),
  pipelines: memoryPipelineStore(),
  models: memoryModelStore(),
  modelMetadata: memoryModelMetadata(),
  store: memoryStatusStore(),
  runs: memoryRunHistory([]),
  jobs: memoryJobRuns(),
  logs: memoryLogReader(),
  ...overrides,
});

import type { Failure, Machine } from '../../model/status.ts';
import type { JobRuns } from '../../ports/job-runs.ts';
import type { LogReader } from '../../ports/log-reader.ts';
import type { ModelMetadata, ModelMetadataStore } from '../../ports/model-metadata-store.ts';
import type { RunEvent, RunHistory, RunRecord } from '../../ports/run-history.ts';
import type { BronzeTotals, CommittedWatermark, StatusStore } from '../../ports/status-store.ts';

export interface MemoryRun {
  readonly record: RunRecord;
  readonly events?: readonly RunEvent[];
}

/** Runs in memory; every run of a machine follows the one definition of the machine. */
export function memoryRunHistory(
  runs: readonly MemoryRun[],
  definitions: Readonly<Partial<Record<Machine, string>>> = {},
): RunHistory {
  const find = (machine: Machine, name: string) =>
    runs.find(({ record: { summary } }) => summary.machine === machine && summary.name === name);
  return {
    async list({ machine, status, startedBefore, limit }) {
      return runs
        .map(({ record }) => record.summary)
        .filter((run) => run.machine === machine && (status === undefined || run.status === status))
        .filter((run) => startedBefore === undefined || run.startedAt < startedBefore)
        .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
        .slice(0, limit);
    },
    find: async (machine, name) => find(machine, name)?.record ?? null,
    definition: async (machine) => definitions[machine] ?? '{"StartAt": "Done", "States": {}}',
    events: async (machine, name) => find(machine, name)?.events ?? [],
  };
}

export interface MemoryStatus {
  readonly totals?: Readonly<Record<string, readonly BronzeTotals[]>>;
  /** By `<pipeline>/<query>`. */
  readonly watermarks?: Readonly<Record<string, CommittedWatermark>>;
  readonly failures?: readonly Failure[];
}

/** What the status page reads of the state table, in memory. */
export const memoryStatusStore = ({
  totals = {},
  watermarks = {},
  failures = [],
}: MemoryStatus = {}): StatusStore => ({
  bronzeTotals: async (pipeline) => totals[pipeline] ?? [],
  watermark: async (pipeline, query) => watermarks[`${pipeline}/${query}`] ?? null,
  failures: async (machine, limit) =>
    failures.filter((failure) => failure.machine === machine).slice(0, limit),
});

/** Runs of jobs in memory: ids by `<job>/<run id>`. */
export const memoryJobRuns = (ids: Readonly<Record<string, string>> = {}): JobRuns => ({
  find: async (job, runId) => ids[`${job}/${runId}`] ?? null,
});

export interface MemoryLogLine {
  readonly group: string;
  readonly stream: string;
  readonly at: string;
  readonly message: string;
}

/** Logs in memory, oldest line first. */
export const memoryLogReader = (lines: readonly MemoryLogLine[] = []): LogReader => ({
  async read({ group, stream, containing = '', from, to, limit }) {
    const found = lines
      .filter((line) => line.group === group && line.at >= from && line.at < to)
      .filter((line) =>
        stream === undefined
          ? true
          : stream.isPrefix
            ? line.stream.startsWith(stream.name)
            : line.stream === stream.name,
      )
      .filter(({ message }) => message.includes(containing))
      .map(({ at, message }) => ({ at, message }));
    return { lines: found.slice(-limit), isTruncated: found.length > limit };
  },
});

/** Metrics of models in memory, by key. */
export const memoryModelMetadata = (
  models: Readonly<Record<string, ModelMetadata>> = {},
): ModelMetadataStore => ({ read: async (modelKey) => models[modelKey] ?? null });

import type { Interval } from '../../model/interval.ts';
import type { Machine } from '../../model/status.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { Counting, IntervalStore, ReadyTable } from '../../ports/interval-store.ts';
import type { CurrentModel, ModelStore } from '../../ports/model-store.ts';
import type { ScheduleStore } from '../../ports/schedule-store.ts';

export interface StartedExecution {
  readonly machine: Machine;
  readonly name: string;
  readonly input: unknown;
}

/** Executions that were started, in memory. */
export function memoryExecutionStarter(): ExecutionStarter & {
  readonly started: StartedExecution[];
} {
  const started: StartedExecution[] = [];
  return {
    started,
    async start(machine, name, input) {
      if (started.some((one) => one.machine === machine && one.name === name)) return false;
      started.push({ machine, name, input });
      return true;
    },
  };
}

/** Intervals in memory. */
export function memoryIntervalStore(): IntervalStore {
  const intervals = new Map<string, { expected: number; tables: Map<string, ReadyTable> }>();
  const keyOf = (pipeline: string, id: string) => `${pipeline}#${id}`;
  return {
    async count(pipeline: string, interval: Interval, table: ReadyTable): Promise<Counting> {
      const key = keyOf(pipeline, interval.id);
      const entry = intervals.get(key) ?? { expected: interval.queries.length, tables: new Map() };
      intervals.set(key, entry);
      const counted = entry.tables.get(table.query);
      if (counted === undefined) entry.tables.set(table.query, table);
      if (counted === undefined) return 'first';
      return counted.manifestKey === table.manifestKey ? 'repeated' : 'other';
    },
    async progress(pipeline, id) {
      const { expected, tables } = intervals.get(keyOf(pipeline, id)) ?? {
        expected: 1,
        tables: new Map<string, ReadyTable>(),
      };
      const sorted = [...tables.values()].sort((a, b) => (a.query < b.query ? -1 : 1));
      return { ready: tables.size, expected, tables: sorted };
    },
  };
}

/** Current models in memory. */
export const memoryModelStore = (models: Record<string, CurrentModel> = {}): ModelStore => ({
  current: async (pipeline) => models[pipeline] ?? null,
});

/** Schedules in memory. */
export function memoryScheduleStore(): ScheduleStore {
  const started = new Map<string, string>();
  return {
    lastStarted: async (pipeline, group) => started.get(`${pipeline}#${group}`) ?? null,
    async noteStarted(pipeline, group, intervalId) {
      started.set(`${pipeline}#${group}`, intervalId);
    },
  };
}

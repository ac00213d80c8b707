import type { ExecutionStarter } from '../ports/execution-starter.ts';
import type { IntervalStore } from '../ports/interval-store.ts';
import type { ModelStore } from '../ports/model-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PipelineStore } from '../ports/pipeline-store.ts';
import type { ScheduleStore } from '../ports/schedule-store.ts';

export interface OrchestrateDeps {
  readonly lake: ObjectStore;
  readonly artifacts: ObjectStore;
  readonly pipelines: PipelineStore;
  readonly intervals: IntervalStore;
  readonly models: ModelStore;
  readonly schedules: ScheduleStore;
  readonly executions: ExecutionStarter;
}

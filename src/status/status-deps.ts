import type { Clock } from '../ports/clock.ts';
import type { JobRuns } from '../ports/job-runs.ts';
import type { LogReader } from '../ports/log-reader.ts';
import type { ModelMetadataStore } from '../ports/model-metadata-store.ts';
import type { ModelStore } from '../ports/model-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PipelineStore } from '../ports/pipeline-store.ts';
import type { RunHistory } from '../ports/run-history.ts';
import type { StatusStore } from '../ports/status-store.ts';

export interface StatusDeps {
  readonly stage: string;
  readonly clock: Clock;
  readonly lake: ObjectStore;
  readonly artifacts: ObjectStore;
  readonly pipelines: PipelineStore;
  readonly models: ModelStore;
  readonly modelMetadata: ModelMetadataStore;
  readonly store: StatusStore;
  readonly runs: RunHistory;
  readonly jobs: JobRuns;
  readonly logs: LogReader;
}

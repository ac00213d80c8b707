import { z } from 'zod';
import { IntervalDocument } from './interval.ts';
import { Manifest } from './manifest.ts';
import { LayerReport, Verdict, VerdictStatus } from './quality.ts';

/**
 * The documents behind the status page and behind the command line's `--json`. Times are ISO 8601 UTC,
 * sizes bytes, durations milliseconds. `null` says "not known or not there", never "not asked".
 */

const Count = z.int().min(0);

export const Machine = z.enum(['extract', 'medallion', 'train-model']);
export type Machine = z.infer<typeof Machine>;

export const RunStatus = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);
export type RunStatus = z.infer<typeof RunStatus>;

export const RunSummary = z.strictObject({
  id: z.string().describe('<machine>:<execution name>, what every link and command takes'),
  machine: Machine,
  name: z.string().describe("the execution's name, which is the runId in manifests and reports"),
  status: RunStatus,
  startedAt: z.string(),
  stoppedAt: z.string().nullable(),
  durationMs: Count.nullable().describe('null while it runs'),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** GET /api/status/runs?machine=&status=&limit=&cursor= , newest first. */
export const RunPage = z.strictObject({
  runs: z.array(RunSummary),
  nextCursor: z.string().nullable(),
});
export type RunPage = z.infer<typeof RunPage>;

export const TableTotals = z.strictObject({
  pipeline: z.string(),
  table: z.string(),
  rows: Count,
  bytes: Count,
  updatedAt: z.string().nullable(),
  interval: z.string().nullable().describe('the interval that wrote it last'),
});
export type TableTotals = z.infer<typeof TableTotals>;

export const LayerTotals = z.strictObject({
  layer: z.enum(['bronze', 'silver', 'gold']),
  rows: Count,
  bytes: Count,
  tables: z.array(TableTotals),
});
export type LayerTotals = z.infer<typeof LayerTotals>;

/** The model in use. Metrics by name, for example auc, pr_auc, log_loss. */
export const ModelStatus = z.strictObject({
  pipeline: z.string(),
  name: z.string(),
  trainingJobName: z.string(),
  interval: z.string(),
  trainedAt: z.string(),
  modelKey: z.string(),
  metrics: z.record(z.string(), z.number()),
  baseline: z.record(z.string(), z.number()).describe('the same metrics of the baseline'),
});
export type ModelStatus = z.infer<typeof ModelStatus>;

export const PipelineStatus = z.strictObject({
  name: z.string(),
  pipelineKey: z.string(),
  queries: z.array(
    z.strictObject({
      name: z.string(),
      group: z.string(),
      watermark: z.string().nullable(),
      committedAt: z.string().nullable(),
    }),
  ),
  schedules: z.array(z.strictObject({ group: z.string(), everyMinutes: z.number() })),
  newestInterval: z.string().nullable(),
});
export type PipelineStatus = z.infer<typeof PipelineStatus>;

export const VerdictSummary = z.strictObject({
  pipeline: z.string(),
  interval: z.string(),
  layer: z.enum(['silver', 'gold']),
  status: VerdictStatus,
  judgedAt: z.string(),
  checks: Count,
  failed: z.array(z.string()),
  warned: z.array(z.string()),
});
export type VerdictSummary = z.infer<typeof VerdictSummary>;

export const Failure = z.strictObject({
  machine: z.string(),
  runId: z.string(),
  at: z.string(),
  error: z.string(),
  cause: z.string().describe('the sentence in it, where the service wraps one in JSON'),
});
export type Failure = z.infer<typeof Failure>;

/** GET /api/status/overview */
export const StatusOverview = z.strictObject({
  stage: z.string(),
  generatedAt: z.string(),
  pipelines: z.array(PipelineStatus),
  machines: z.array(z.strictObject({ machine: Machine, runs: z.array(RunSummary) })),
  layers: z.array(LayerTotals),
  verdicts: z.array(VerdictSummary).describe('of the newest runs, newest first'),
  rejects: z.array(
    z.strictObject({
      pipeline: z.string(),
      table: z.string(),
      reason: z.string(),
      rows: Count,
      interval: z.string(),
    }),
  ),
  models: z.array(ModelStatus),
  failures: z.array(Failure).describe('the newest ten'),
});
export type StatusOverview = z.infer<typeof StatusOverview>;

export const GraphNode = z.strictObject({
  name: z.string().describe('state name, unique in the machine'),
  type: z.enum(['Task', 'Choice', 'Map', 'Parallel', 'Pass', 'Wait', 'Succeed', 'Fail']),
  action: z.string().nullable().describe('what a task does, for example "glue job silver"'),
  comment: z.string().nullable(),
  parent: z.string().nullable().describe('the Map or Parallel state it is inside of'),
  isFailurePath: z.boolean().describe('from here the run can only fail'),
});
export type GraphNode = z.infer<typeof GraphNode>;

export const GraphEdge = z.strictObject({
  from: z.string(),
  to: z.string(),
  kind: z.enum(['next', 'choice', 'default', 'catch']),
  label: z.string().nullable().describe('the condition of a choice in short, else null'),
});
export type GraphEdge = z.infer<typeof GraphEdge>;

export const MachineGraph = z.strictObject({
  startAt: z.string(),
  nodes: z.array(GraphNode),
  edges: z.array(GraphEdge),
});
export type MachineGraph = z.infer<typeof MachineGraph>;

export const StateRun = z.strictObject({
  name: z.string(),
  status: z.enum(['pending', 'running', 'succeeded', 'failed', 'caught', 'aborted', 'skipped']),
  enteredAt: z.string().nullable(),
  exitedAt: z.string().nullable(),
  durationMs: Count.nullable(),
  attempts: Count.describe('times its work was begun; above one says that it was retried'),
  input: z.unknown(),
  output: z.unknown(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
  iterations: z
    .strictObject({ total: Count, succeeded: Count, failed: Count })
    .nullable()
    .describe('of a Map; null elsewhere'),
  childRunId: z.string().nullable().describe('id of the run it started and waits for'),
  job: z
    .strictObject({ kind: z.enum(['glue', 'sagemaker']), name: z.string(), runId: z.string() })
    .nullable(),
});
export type StateRun = z.infer<typeof StateRun>;

export const TableSample = z.strictObject({
  layer: z.enum(['silver', 'gold']),
  table: z.string(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  rows: z.array(z.record(z.string(), z.unknown())),
});
export type TableSample = z.infer<typeof TableSample>;

/** GET /api/status/runs/:id */
export const RunDetail = z.strictObject({
  run: RunSummary,
  pipeline: z.string().nullable(),
  interval: z.string().nullable(),
  query: z.string().nullable().describe('of an extract run'),
  input: z.unknown(),
  output: z.unknown(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
  graph: MachineGraph,
  states: z.array(StateRun).describe('every state of the graph, in the order they were entered'),
  related: z
    .array(z.strictObject({ id: z.string(), machine: Machine, why: z.string() }))
    .describe('runs before and after it, for example the extractions of a medallion run'),
  intervalDocument: IntervalDocument.nullable(),
  manifests: z.array(z.strictObject({ key: z.string(), manifest: Manifest })),
  reports: z.array(LayerReport),
  verdicts: z.array(Verdict),
  samples: z.array(TableSample),
});
export type RunDetail = z.infer<typeof RunDetail>;

/** GET /api/status/runs/:id/logs?state=  (absent: every state that has logs), newest lines kept. */
export const RunLogs = z.strictObject({
  id: z.string(),
  sources: z.array(
    z.strictObject({
      state: z.string(),
      source: z.enum(['lambda', 'glue', 'sagemaker']),
      group: z.string().describe('CloudWatch log group'),
      stream: z.string().nullable(),
      lines: z.array(z.strictObject({ at: z.string(), message: z.string() })),
      isTruncated: z.boolean(),
    }),
  ),
});
export type RunLogs = z.infer<typeof RunLogs>;

/** Body of every answer that is not 200. */
export const StatusError = z.strictObject({
  code: z.string(),
  message: z.string(),
  requestId: z.string(),
});
export type StatusError = z.infer<typeof StatusError>;

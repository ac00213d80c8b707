import type { RunLogs } from '../model/status.ts';
import type { LogQuery } from '../ports/log-reader.ts';
import { findRun, traceRun } from './describe-run.ts';
import { statesOf } from './machine-graph.ts';
import type { AslState } from './state-language.ts';
import type { StateTrace } from './state-runs.ts';
import { stateWork } from './state-work.ts';
import type { StatusDeps } from './status-deps.ts';

/** Lines kept of each source: the newest. */
const MAX_LINES = 400;
/** Logs come a little later than what they tell. */
const MARGIN_MS = 60_000;

type Source = Omit<RunLogs['sources'][number], 'lines' | 'isTruncated'> & {
  readonly query: Omit<LogQuery, 'from' | 'to' | 'limit'>;
};

function lambdaSource(state: string, definition: AslState, run: string): Source[] {
  const name = String(definition.Parameters.FunctionName).split(':').at(-1);
  const group = `/aws/lambda/${name}`;
  const query = { group, containing: run };
  return [{ state, source: 'lambda', group, stream: null, query }];
}

/** https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html */
const glueSources = (state: string, jobRun: string): Source[] =>
  ['/aws-glue/jobs/output', '/aws-glue/jobs/error'].map((group) => ({
    state,
    source: 'glue' as const,
    group,
    stream: jobRun,
    query: { group, stream: { name: jobRun, isPrefix: false } },
  }));

/** https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html */
function trainingSource(state: string, job: string): Source[] {
  const group = '/aws/sagemaker/TrainingJobs';
  const query = { group, stream: { name: `${job}/`, isPrefix: true } };
  return [{ state, source: 'sagemaker', group, stream: `${job}/`, query }];
}

/** Log lines of the functions and jobs of a run, or of one of its states. Throws NOT_FOUND for an id that names no run. */
export async function readRunLogs(deps: StatusDeps, id: string, only?: string): Promise<RunLogs> {
  const { run, record } = await findRun(deps, id);
  const { definition, traces } = await traceRun(deps, run, record);
  const states = statesOf(definition);
  const sourcesOf = async (trace: StateTrace): Promise<Source[]> => {
    const state = states.find(({ name }) => name === trace.name)?.state;
    if (state?.Resource?.includes(':::lambda:')) return lambdaSource(trace.name, state, run.name);
    const { job } = await stateWork(deps, run, definition, trace);
    if (job === null) return [];
    return job.kind === 'glue'
      ? glueSources(trace.name, job.runId)
      : trainingSource(trace.name, job.runId);
  };
  const read = async (trace: StateTrace): Promise<RunLogs['sources']> => {
    if (trace.enteredAt === null) return [];
    const from = new Date(Date.parse(trace.enteredAt) - 1_000).toISOString();
    const end = trace.exitedAt === null ? deps.clock.now().getTime() : Date.parse(trace.exitedAt);
    const to = new Date(end + MARGIN_MS).toISOString();
    const sources = await sourcesOf(trace);
    return Promise.all(
      sources.map(async ({ query, ...source }) => {
        const span = source.source === 'lambda' ? new Date(end + 2_000).toISOString() : to;
        const { lines, isTruncated } = await deps.logs.read({
          ...query,
          from,
          to: span,
          limit: MAX_LINES,
        });
        const own = lines.filter(
          ({ message }) => source.source !== 'lambda' || message.includes(`"${run.name}"`),
        );
        return { ...source, lines: own, isTruncated };
      }),
    );
  };
  const asked = traces.filter(({ name }) => only === undefined || name === only);
  const sources = await Promise.all(asked.map(read));
  return { id, sources: sources.flat().filter(({ lines }) => lines.length > 0) };
}

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetJobRunCommand, GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type ExecutionOutcome, followExecution, startExecution } from '#cli/executions.ts';
import { extractInterval, intervalOf } from '#cli/intervals.ts';
import type { IntervalPointers } from '#cli/newest-interval.ts';
import { openStack, type Stack } from '#cli/stack.ts';
import { readStatusOverview, statusText } from '#cli/status.ts';
import { STACK_NAME } from '#local/platform/places.ts';
import type { CheckAnswer } from '#src/check/check-request.ts';
import { executionName } from '#src/model/execution-name.ts';
import type { PipelineDocument } from '#src/model/pipeline.ts';
import { demoShop, GROUP, isShopLoaded, loadInterval, publishShop, SHARED } from './demo-shop.ts';
import { extractedInterval, layerRun, untransformedIntervals } from './extracted-interval.ts';
import { executionFinding, extractFindings, type Finding, modelFinding } from './judge-demo.ts';
import { say, tellFindings, title } from './narration.ts';
import type { Stage } from './start-options.ts';
import { withTriggerOff } from './trigger.ts';

const POLL_MS = 500;
const LAYERS = ['silver', 'gold'] as const;

/** What a stage works on. */
interface StageContext {
  readonly stack: Stack;
  readonly pipeline: PipelineDocument;
  readonly scale: number;
}

async function extract({ stack, pipeline, scale }: StageContext): Promise<Finding[]> {
  if (!(await isShopLoaded(pipeline))) {
    title(`A shop of 18 months, scale ${scale}, into Snowflake`);
    await loadInterval(pipeline, 'first', demoShop(scale));
  }
  title('Extract: Snowflake → bronze; the trigger of the next stage is switched off meanwhile');
  const interval = intervalOf(pipeline, GROUP);
  const extracts = await withTriggerOff(stack, pipeline, () =>
    extractInterval(stack, pipeline.name, interval, say),
  );
  return extractFindings(extracts);
}

async function runMachine(
  stack: Stack,
  machine: string,
  interval: IntervalPointers,
  input: Record<string, unknown>,
): Promise<ExecutionOutcome> {
  const name = executionName(interval.pipeline, interval.interval, randomBytes(2).toString('hex'));
  const arn = await startExecution(stack, machine, name, { ...interval, runId: name, ...input });
  return followExecution(stack, arn, say);
}

async function transform({ stack, pipeline }: StageContext): Promise<Finding[]> {
  const machine = stack.outputs.MedallionStateMachineArn;
  const findings: Finding[] = [];
  for (const interval of await untransformedIntervals(stack, pipeline.name, 'transform')) {
    title(`Transform: bronze → silver → check → gold → check, interval ${interval.interval}`);
    const outcome = await runMachine(stack, machine, interval, { trainDue: false });
    findings.push(executionFinding(`medallion of ${interval.interval}`, outcome));
  }
  return findings;
}

async function checkLayer(
  stack: Stack,
  interval: IntervalPointers,
  layer: (typeof LAYERS)[number],
): Promise<Finding> {
  const runId = await layerRun(stack, interval, layer, 'check');
  const answer = await new LambdaClient(stack.clientConfig).send(
    new InvokeCommand({
      FunctionName: `${STACK_NAME}-check-quality`,
      Payload: JSON.stringify({ ...interval, layer, runId }),
    }),
  );
  const text = answer.Payload?.transformToString() ?? 'null';
  if (answer.FunctionError !== undefined) return { isRight: false, text: `${layer}: ${text}` };
  const { status, failed } = JSON.parse(text) as CheckAnswer;
  const names = failed.length === 0 ? '' : ` (${failed.join(', ')})`;
  return { isRight: status !== 'fail', text: `${layer}: ${status}${names}` };
}

async function check({ stack, pipeline }: StageContext): Promise<Finding[]> {
  const interval = await extractedInterval(stack, pipeline.name, 'check');
  title(`Check: the verdict on silver and gold, interval ${interval.interval}`);
  const findings: Finding[] = [];
  for (const layer of LAYERS) findings.push(await checkLayer(stack, interval, layer));
  return findings;
}

/** The gold job as the medallion starts it when a training is due: it writes the training set as well. */
async function buildTrainingSet(stack: Stack, interval: IntervalPointers): Promise<Finding> {
  const glue = new GlueClient(stack.clientConfig);
  const { LakeBucket, ArtifactsBucket, DatabasePrefix } = stack.outputs;
  const runId = await layerRun(stack, interval, 'gold', 'train');
  const started = await glue.send(
    new StartJobRunCommand({
      JobName: `${STACK_NAME}-gold`,
      Arguments: {
        '--pipeline_key': interval.pipelineKey,
        '--interval_key': interval.intervalKey,
        '--lake_bucket': LakeBucket,
        '--artifacts_bucket': ArtifactsBucket,
        '--database_prefix': DatabasePrefix,
        '--run_id': runId,
        '--training_data': 'true',
      },
    }),
  );
  for (;;) {
    const { JobRun } = await glue.send(
      new GetJobRunCommand({ JobName: `${STACK_NAME}-gold`, RunId: started.JobRunId }),
    );
    const { JobRunState: state = 'UNKNOWN', ErrorMessage: why, CompletedOn: end } = JobRun ?? {};
    const text = `training set: ${state}${why === undefined ? '' : ` ${why}`}`;
    if (end !== undefined) return { isRight: state === 'SUCCEEDED', text };
    await sleep(POLL_MS);
  }
}

async function train({ stack, pipeline, scale }: StageContext): Promise<Finding[]> {
  const interval = await extractedInterval(stack, pipeline.name, 'train');
  title(`Train: the model on the training set of interval ${interval.interval}`);
  const set = await buildTrainingSet(stack, interval);
  if (!set.isRight) return [set];
  const outcome = await runMachine(stack, stack.outputs.TrainModelStateMachineArn, interval, {});
  const trained = executionFinding('train-model', outcome);
  if (!trained.isRight) return [set, trained];
  const best = demoShop(scale).churn.bestAuc;
  return [set, trained, modelFinding(await readStatusOverview(), pipeline.name, best)];
}

const RUNS: Readonly<Record<Stage, (context: StageContext) => Promise<Finding[]>>> = {
  extract,
  transform,
  check,
  train,
  status: async () => [],
};

/**
 * Runs one stage alone over what earlier runs left: on the shop's newest interval, or, to transform, on
 * all that wait for it. True when it succeeded.
 *
 * @throws TerminalError NOT_FOUND naming the stage to run first
 */
export async function runStage(stage: Stage, scale: number): Promise<boolean> {
  const stack = await openStack(SHARED);
  const pipeline = await publishShop(stack);
  const isRight = tellFindings(await RUNS[stage]({ stack, pipeline, scale }));
  say(`\n${statusText(await readStatusOverview())}`);
  return isRight;
}

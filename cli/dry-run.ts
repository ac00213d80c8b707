import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { TerminalError } from '#src/errors.ts';
import type { PlanAnswer } from '#src/extract/extract-request.ts';
import { type Estimate, estimateExtraction } from '#src/model/estimate.ts';
import { CREDITS_PER_HOUR, PRICES, type WarehouseSize } from '#src/model/prices.ts';
import { type Outcome, UsageError } from './command.ts';
import type { Stack } from './stack.ts';

/** Parts that the machine fetches at the same time, and ranges. */
const PARALLEL_PARTS = 2;
const PARALLEL_RANGES = 4;

export interface DryRun extends PlanAnswer {
  readonly estimate: Estimate;
}

function warehouseSize(option: string | boolean | undefined): WarehouseSize {
  const sizes = Object.keys(CREDITS_PER_HOUR) as WarehouseSize[];
  const size = sizes.find(
    (name) => name.toLowerCase() === String(option ?? 'X-Small').toLowerCase(),
  );
  if (size !== undefined) return size;
  throw new UsageError(
    `Cannot read --warehouse-size ${option}: expected one of ${sizes.join(', ')}.`,
  );
}

async function askPlan(lambda: LambdaClient, stack: Stack, payload: object): Promise<PlanAnswer> {
  const FunctionName = stack.outputs.ExtractTableFunction;
  const Payload = JSON.stringify({ step: 'plan', dryRun: true, ...payload });
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
  const plan = JSON.parse(answer.Payload?.transformToString() ?? 'null');
  if (answer.FunctionError === undefined) return plan;
  throw new TerminalError(plan.errorMessage ?? 'The plan failed.', {
    code: 'EVENT_INVALID',
    details: { plan },
  });
}

const dollars = (value: number) => `$${value.toFixed(value < 0.01 ? 5 : 2)}`;

function describeDryRun(plan: PlanAnswer, estimate: Estimate, size: WarehouseSize): string {
  const { window, outline } = plan;
  const span =
    window === null ? 'the whole table' : `${window.from ?? 'the beginning'} to ${window.to}`;
  if (outline === undefined) return `${plan.query}: nothing to extract`;
  const pieces =
    outline.ranges === null
      ? `${outline.parts} part(s)`
      : `${outline.ranges} ranges of one snapshot`;
  return [
    `query        ${plan.pipeline}.${plan.query}`,
    `window       ${span}`,
    `rows         ${plan.plannedRows}`,
    `objects      about ${outline.files} file(s) under ${outline.prefix}, in ${pieces}`,
    `time         about ${Math.ceil(estimate.seconds)} s`,
    `Lambda       about ${estimate.lambdaGbSeconds.toFixed(1)} GB-s`,
    `Snowflake    about ${estimate.credits.toFixed(4)} credits of a ${size} warehouse that is resumed for it`,
    `cost         about ${dollars(estimate.dollars.total)}: ${dollars(estimate.dollars.snowflake)} Snowflake ` +
      `at $${PRICES.snowflakeCredit.dollars} a credit, ${dollars(estimate.dollars.aws)} AWS ` +
      `(list prices of ${PRICES.snowflakeCredit.asOf})`,
    'SQL',
    ...(plan.sql ?? '').split('\n').map((line) => `  ${line}`),
  ].join('\n');
}

/** Plans an extraction, changes nothing, and tells what it would read, write, take and cost. */
export async function dryRun(
  stack: Stack,
  payload: object,
  option: string | boolean | undefined,
): Promise<Outcome> {
  const size = warehouseSize(option);
  const lambda = new LambdaClient(stack.clientConfig);
  const plan = await askPlan(lambda, stack, payload);
  const FunctionName = stack.outputs.ExtractTableFunction;
  const { MemorySize } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { outline } = plan;
  const estimate = estimateExtraction({
    textBytes: outline?.textBytes ?? 0,
    files: outline?.files ?? 0,
    parts: outline?.ranges ?? outline?.parts ?? 0,
    parallelParts: outline?.ranges === null ? PARALLEL_PARTS : PARALLEL_RANGES,
    memoryMb: MemorySize ?? 0,
    warehouseSize: size,
  });
  const document: DryRun = { ...plan, estimate };
  return { document, text: describeDryRun(plan, estimate, size) };
}

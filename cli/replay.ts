import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import { TerminalError } from '#src/errors.ts';
import { artifactKeys } from '#src/model/artifact-keys.ts';
import { executionName } from '#src/model/execution-name.ts';
import type { IntervalDocument } from '#src/model/interval.ts';
import { Manifest } from '#src/model/manifest.ts';
import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { dayWindows } from './day-windows.ts';
import { followExecution, startExecution } from './executions.ts';
import { chosenQuery } from './extract.ts';
import { artifactsOf, lakeOf, readDocument } from './object-stores.ts';
import { publishPipeline } from './publish-pipeline.ts';
import { openStack, type Stack } from './stack.ts';

interface Kept {
  readonly key: string;
  readonly manifest: Manifest;
}

/** Every committed manifest of a query that was extracted on one of the days, oldest first. */
async function manifestsOf(
  stack: Stack,
  id: { readonly pipeline: string; readonly query: string },
  days: { readonly from: string; readonly to: string },
): Promise<Kept[]> {
  const client = new DynamoDBClient(stack.clientConfig);
  const history = await dynamoWatermarkStore({ table: stack.outputs.StateTable, client }).history(
    id,
  );
  const kept = await Promise.all(
    history.map(async ({ manifestKey: key }) => {
      return { key, manifest: await readDocument(lakeOf(stack), key, Manifest) };
    }),
  );
  return kept.filter(({ manifest: { extractedAt } }) => {
    const day = extractedAt.slice(0, 10);
    return day >= days.from && day < days.to;
  });
}

async function writeInterval(
  stack: Stack,
  pipeline: { readonly name: string; readonly key: string },
  query: string,
  kept: readonly Kept[],
) {
  const id = `replay-${query.slice(0, 40)}-${randomBytes(3).toString('hex')}`;
  const document: IntervalDocument = {
    pipeline: pipeline.name,
    pipelineKey: pipeline.key,
    interval: { id, group: 'replay', queries: [query] },
    manifests: kept.map(({ key, manifest }) => ({ query, key, rows: manifest.rows })),
  };
  const intervalKey = artifactKeys.interval(pipeline.name, id);
  await artifactsOf(stack).putText(intervalKey, JSON.stringify(document, null, 2));
  return { id, intervalKey };
}

function requireBronze(layer: string | boolean | undefined): void {
  if (layer === 'bronze') return;
  throw new UsageError(
    `Cannot replay from ${layer ?? 'no layer'}: give --layer bronze. ` +
      'Silver and gold are made from bronze, which is kept; Snowflake itself is read again by backfill.',
  );
}

async function run({ args, options, shared, say }: Invocation): Promise<Outcome> {
  requireBronze(options.layer);
  const days = dayWindows(options.from, options.to);
  const between = { from: days[0]?.from ?? '', to: days.at(-1)?.to ?? '' };
  const stack = await openStack(shared);
  const { document, key } = await publishPipeline(stack, shared.pipeline);
  const query = chosenQuery({ document }, args[0]).name;
  const kept = await manifestsOf(stack, { pipeline: document.name, query }, between);
  if (kept.length === 0) {
    throw new TerminalError(
      `Cannot replay ${query}: nothing of it was extracted from ${between.from} to ${between.to}. ` +
        'Look at `snowmelt status` for when it was, or extract it.',
      { code: 'NOT_FOUND', details: { query, ...between } },
    );
  }
  const { id, intervalKey } = await writeInterval(stack, { name: document.name, key }, query, kept);
  const pointers = { pipeline: document.name, pipelineKey: key, interval: id, intervalKey };
  const arn = await startExecution(
    stack,
    stack.outputs.MedallionStateMachineArn,
    executionName(document.name, id),
    { ...pointers, trainDue: false },
  );
  const outcome = await followExecution(stack, arn, say);
  const isDone = outcome.status === 'SUCCEEDED';
  const rows = kept.reduce((sum, { manifest }) => sum + manifest.rows, 0);
  const text = isDone
    ? `replayed ${rows} rows of ${query} from ${kept.length} manifests, as ${id}`
    : `replaying ${query} ended as ${outcome.status}: ${outcome.error}: ${outcome.cause}`;
  return {
    document: { ...outcome, interval: id, manifests: kept.map((one) => one.key), rows },
    text,
    exitCode: isDone ? 0 : 1,
  };
}

export const replayCommand: Command = {
  name: 'replay',
  summary: 'Builds silver and gold again from the bronze of some days, without asking Snowflake',
  usage: '<query> --from DAY --to DAY --layer bronze',
  example: 'snowmelt replay orders --from 2024-01-01 --to 2024-01-08 --layer bronze',
  options: { from: { type: 'string' }, to: { type: 'string' }, layer: { type: 'string' } },
  run,
};

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { committedManifestKeys } from '#cli/lake.ts';
import { artifactsOf, lakeOf } from '#cli/object-stores.ts';
import type { Stack } from '#cli/stack.ts';
import { STACK_NAME } from '#local/platform/places.ts';
import { dynamoIntervalStore } from '#src/adapters/aws/dynamo-interval-store.ts';
import { dynamoModelStore } from '#src/adapters/aws/dynamo-model-store.ts';
import { dynamoScheduleStore } from '#src/adapters/aws/dynamo-schedule-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import type { PipelineDocument } from '#src/model/pipeline.ts';
import { receiveManifest } from '#src/orchestrate/receive-manifest.ts';

const RULE = { Name: `${STACK_NAME}-manifest-written` };

const events = ({ clientConfig }: Stack): EventBridgeClient => new EventBridgeClient(clientConfig);

/** Lets manifests start the medallion, as the deployed stack does. */
export const switchTriggerOn = (stack: Stack): Promise<unknown> =>
  events(stack).send(new EnableRuleCommand(RULE));

/** Does what orchestrate does with the newest manifest of each query, but starts nothing. */
async function countManifests(stack: Stack, { name, extract }: PipelineDocument): Promise<void> {
  const artifacts = artifactsOf(stack);
  const store = {
    table: stack.outputs.StateTable,
    client: new DynamoDBClient(stack.clientConfig),
  };
  const deps = {
    lake: lakeOf(stack),
    artifacts,
    pipelines: s3PipelineStore(artifacts),
    intervals: dynamoIntervalStore(store),
    models: dynamoModelStore(store),
    schedules: dynamoScheduleStore(store),
    executions: { start: async () => false },
  };
  for (const query of extract.queries) {
    const newest = (await committedManifestKeys(stack, name, query.name)).at(-1);
    if (newest !== undefined) await receiveManifest(deps, newest);
  }
}

/** Extracts with the trigger switched off: the interval becomes ready, and nothing is started. */
export async function withTriggerOff<T>(
  stack: Stack,
  pipeline: PipelineDocument,
  extract: () => Promise<T>,
): Promise<T> {
  await events(stack).send(new DisableRuleCommand(RULE));
  try {
    const result = await extract();
    await countManifests(stack, pipeline);
    return result;
  } finally {
    await switchTriggerOn(stack);
  }
}

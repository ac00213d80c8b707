import { setTimeout as sleep } from 'node:timers/promises';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { manifestDocument, pipelineDocument } from '#test/helpers/documents.ts';

const PIPELINE = 'trigger_test';
const PIPELINE_KEY = `pipelines/${PIPELINE}/0000000000000000.json`;
const RULE = { Name: 'snowmelt-local-manifest-written' };
const APPEARS_MS = 20_000;
const STAYS_AWAY_MS = 5_000;

const { aws } = inject('endpoints');
const { stackOutputs, endpoint, region, accessKeyId, secretAccessKey } = aws;
const config = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
const s3 = new S3Client(config);
const sfn = new SFNClient(config);
const events = new EventBridgeClient(config);

const put = (Bucket: string | undefined, Key: string, document: object) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(document) }));

const intervalId = (n: number) => `default-20260101T00000${n}Z`;

/** What the extract function leaves last; nothing else of a run is needed to start the chain. */
async function putManifest(query: string, interval: string, queries: string[]): Promise<void> {
  const runId = `${PIPELINE}-${query}-${interval}`;
  const key = `bronze/${query}/extract_date=2026-01-01/run_id=${runId}/_manifest.json`;
  await put(stackOutputs.LakeBucket, key, {
    ...manifestDocument({ query, runId, pipeline: PIPELINE, pipelineKey: PIPELINE_KEY }),
    interval: { id: interval, group: 'default', queries },
  });
}

const executionArn = (interval: string): string => {
  const arn = stackOutputs.MedallionStateMachineArn ?? '';
  return `${arn.replace(':stateMachine:', ':execution:')}:${PIPELINE}-${interval}`;
};

async function hasStarted(interval: string): Promise<boolean> {
  try {
    await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(interval) }));
    return true;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}

async function startsWithin(interval: string, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    if (await hasStarted(interval)) return true;
    await sleep(100);
  }
  return false;
}

beforeAll(() =>
  put(stackOutputs.ArtifactsBucket, PIPELINE_KEY, pipelineDocument({ name: PIPELINE })),
);

afterEach(async () => {
  for (const n of [1, 2, 3]) {
    if (!(await hasStarted(intervalId(n)))) continue;
    await sfn.send(new StopExecutionCommand({ executionArn: executionArn(intervalId(n)) }));
  }
});

afterAll(() => events.send(new EnableRuleCommand(RULE)));

describe('the chain of the deployed stack', () => {
  it('starts by the manifest of the only table of an interval', async () => {
    await putManifest('trigger_a', intervalId(1), ['trigger_a']);

    expect(await startsWithin(intervalId(1), APPEARS_MS)).toBe(true);
  });

  it('waits for the last table of an interval of several', async () => {
    await putManifest('trigger_a', intervalId(2), ['trigger_a', 'trigger_b']);
    const tooEarly = await startsWithin(intervalId(2), STAYS_AWAY_MS);
    await putManifest('trigger_b', intervalId(2), ['trigger_a', 'trigger_b']);

    expect(tooEarly).toBe(false);
    expect(await startsWithin(intervalId(2), APPEARS_MS)).toBe(true);
  });

  it('does not start without the deployed trigger', async () => {
    await events.send(new DisableRuleCommand(RULE));
    await putManifest('trigger_a', intervalId(3), ['trigger_a']);

    expect(await startsWithin(intervalId(3), STAYS_AWAY_MS)).toBe(false);
  });
});

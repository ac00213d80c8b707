import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newestInterval } from '#cli/newest-interval.ts';
import { artifactsOf } from '#cli/object-stores.ts';
import type { Stack } from '#cli/stack.ts';
import { untransformedIntervals } from '#local/demo/extracted-interval.ts';
import { emulatorCredentials, REGION } from '#local/platform/places.ts';
import { artifactKeys } from '#src/model/artifact-keys.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';

const BUCKET = 'artifacts';
/** One more than a page of a listing holds. */
const COUNT = 1001;

let emulator: Emulator;
let stack: Stack;

const intervalId = (n: number): string => `default-${String(n).padStart(5, '0')}`;

function put(pipeline: string, id: string): Promise<unknown> {
  const document = {
    pipeline,
    pipelineKey: `pipelines/${pipeline}/1.json`,
    interval: { id, group: 'default', queries: ['orders'] },
    manifests: [],
  };
  return emulator.clients.s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: `intervals/${pipeline}/${id}.json`,
      Body: JSON.stringify(document),
    }),
  );
}

beforeAll(async () => {
  emulator = await startEmulator('newest-interval');
  await emulator.clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const { endpoint } = emulator;
  stack = {
    clientConfig: { region: REGION, endpoint, credentials: emulatorCredentials() },
    outputs: { ArtifactsBucket: BUCKET } as Stack['outputs'],
  };
});
afterAll(() => emulator.remove());

describe('the intervals that npm start transforms', () => {
  const ids = async (pipeline: string) =>
    (await untransformedIntervals(stack, pipeline, 'transform')).map(({ interval }) => interval);
  const transform = (pipeline: string, id: string) =>
    artifactsOf(stack).putText(artifactKeys.report(pipeline, id, 'gold'), '{}');

  it('are all that have no gold yet, oldest first, or the newest when all have', async () => {
    for (const n of [1, 2, 3]) await put('waiting', intervalId(n));
    await transform('waiting', intervalId(2));

    expect(await ids('waiting')).toEqual([intervalId(1), intervalId(3)]);

    await transform('waiting', intervalId(1));
    await transform('waiting', intervalId(3));
    expect(await ids('waiting')).toEqual([intervalId(3)]);
  });

  it('are refused when there are none, naming the stage that makes them', async () => {
    await expect(ids('empty')).rejects.toThrow('Run npm start -- --only extract first.');
  });
});

describe('the newest interval of a pipeline', () => {
  it('is found behind more than a thousand others', async () => {
    for (let n = 1; n <= COUNT; n += 1) await put('shop', intervalId(n));
    await put('shopping', intervalId(COUNT + 1));

    expect(await newestInterval(stack, 'shop')).toEqual({
      pipeline: 'shop',
      pipelineKey: 'pipelines/shop/1.json',
      interval: intervalId(COUNT),
      intervalKey: `intervals/shop/${intervalId(COUNT)}.json`,
    });
  });

  it('is the one that was written last, whatever its name', async () => {
    await put('late', 'default-2');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await put('late', 'default-1');

    expect((await newestInterval(stack, 'late'))?.interval).toBe('default-1');
  });

  it('is none when nothing has become ready', async () => {
    expect(await newestInterval(stack, 'unknown')).toBeUndefined();
  });
});

import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { artifactKeys } from '#src/model/artifact-keys.ts';
import { IntervalDocument } from '#src/model/interval.ts';
import { artifactsOf, readDocument } from './object-stores.ts';
import type { Stack } from './stack.ts';

/** Pointers to an interval, as the state machines and jobs take them. */
export interface IntervalPointers {
  readonly pipeline: string;
  readonly pipelineKey: string;
  readonly interval: string;
  readonly intervalKey: string;
}

interface Listed {
  readonly key: string;
  readonly changedAt: number;
}

const isNewer = (a: Listed, b: Listed): boolean =>
  a.changedAt === b.changedAt ? a.key > b.key : a.changedAt > b.changedAt;

/** Key of the interval document that was written last, of one pipeline; undefined when there is none. */
async function newestKey(stack: Stack, pipeline: string): Promise<string | undefined> {
  const client = new S3Client(stack.clientConfig);
  const where = { Bucket: stack.outputs.ArtifactsBucket, Prefix: artifactKeys.intervals(pipeline) };
  let newest: Listed | undefined;
  for await (const page of paginateListObjectsV2({ client }, where)) {
    for (const { Key: key = '', LastModified } of page.Contents ?? []) {
      const listed = { key, changedAt: Number(LastModified) };
      if (newest === undefined || isNewer(listed, newest)) newest = listed;
    }
  }
  return newest?.key;
}

/** Pointers to the interval whose document lies under a key. */
export async function intervalAt(stack: Stack, intervalKey: string): Promise<IntervalPointers> {
  const artifacts = artifactsOf(stack);
  const { pipeline, pipelineKey, interval } = await readDocument(
    artifacts,
    intervalKey,
    IntervalDocument,
  );
  return { pipeline, pipelineKey, interval: interval.id, intervalKey };
}

/** The interval of a pipeline that became ready last; undefined when none is ready. */
export async function newestInterval(
  stack: Stack,
  pipeline: string,
): Promise<IntervalPointers | undefined> {
  const key = await newestKey(stack, pipeline);
  return key === undefined ? undefined : intervalAt(stack, key);
}

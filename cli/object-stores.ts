import { S3Client } from '@aws-sdk/client-s3';
import type { z } from 'zod';
import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { TerminalError } from '#src/errors.ts';
import type { ObjectStore } from '#src/ports/object-store.ts';
import type { Stack } from './stack.ts';

const open = ({ clientConfig }: Stack, bucket: string): ObjectStore =>
  s3ObjectStore({ bucket, client: new S3Client(clientConfig) });

/** The stack's artifacts: pipelines, intervals, reports and verdicts. */
export const artifactsOf = (stack: Stack): ObjectStore =>
  open(stack, stack.outputs.ArtifactsBucket);

/** The stack's lake: bronze with its manifests, silver and gold. */
export const lakeOf = (stack: Stack): ObjectStore => open(stack, stack.outputs.LakeBucket);

/** The JSON document under a key, as its schema has it. Throws NOT_FOUND when there is none. */
export async function readDocument<Schema extends z.ZodType>(
  objects: ObjectStore,
  key: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await objects.getText(key);
  if (text === null) {
    throw new TerminalError(
      `Cannot read ${key}: there is no such object in ${objects.bucket}. Run the step that writes it again.`,
      { code: 'NOT_FOUND', details: { key } },
    );
  }
  return schema.parse(JSON.parse(text));
}

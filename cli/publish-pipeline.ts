import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { TerminalError } from '#src/errors.ts';
import { PipelineDocument } from '#src/model/pipeline.ts';
import { type LoadedPipeline, loadPipeline } from './pipeline-file.ts';
import type { Stack } from './stack.ts';

/** What two pipelines of one stack would both write to: bronze folders, silver and gold tables. */
const ownedNames = (pipeline: PipelineDocument): string[] => [
  ...pipeline.extract.queries.map((query) => `query ${query.name}`),
  ...pipeline.silver.map((table) => `silver table ${table.table}`),
  ...pipeline.gold.map((model) => `gold table ${model.table}`),
];

async function readJson(s3: S3Client, Bucket: string, Key: string): Promise<unknown> {
  const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return JSON.parse((await object.Body?.transformToString()) ?? 'null');
}

async function currentKeys(s3: S3Client, Bucket: string): Promise<string[]> {
  const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'pipelines/' }));
  return (listed.Contents ?? []).flatMap(({ Key }) =>
    Key?.endsWith('/current.json') ? [Key] : [],
  );
}

/** Every pipeline that is published on the stack, in its current version. */
export async function publishedPipelines({
  clientConfig,
  outputs,
}: Stack): Promise<PipelineDocument[]> {
  const s3 = new S3Client(clientConfig);
  const Bucket = outputs.ArtifactsBucket;
  const pipelines: PipelineDocument[] = [];
  for (const currentKey of await currentKeys(s3, Bucket)) {
    const { key } = (await readJson(s3, Bucket, currentKey)) as { key: string };
    pipelines.push(PipelineDocument.parse(await readJson(s3, Bucket, key)));
  }
  return pipelines;
}

async function refuseOverlap(stack: Stack, pipeline: PipelineDocument): Promise<void> {
  const mine = new Set(ownedNames(pipeline));
  for (const other of await publishedPipelines(stack)) {
    const shared =
      other.name === pipeline.name ? [] : ownedNames(other).filter((name) => mine.has(name));
    if (shared.length > 0) {
      throw new TerminalError(
        `Cannot publish the pipeline ${pipeline.name}: ${other.name} has the same ${shared.join(', ')}. Rename them in one of the two.`,
        { code: 'CONFIG_INVALID', details: { pipeline: pipeline.name, other: other.name, shared } },
      );
    }
  }
}

/**
 * Reads pipeline.yml and publishes it to the stack: an immutable document under its content's hash, and `current.json`
 * that points to it. Publishing the same file again changes nothing. Throws CONFIG_INVALID.
 */
export async function publishPipeline(stack: Stack, path: string): Promise<LoadedPipeline> {
  const loaded = loadPipeline(path);
  const s3 = new S3Client(stack.clientConfig);
  const Bucket = stack.outputs.ArtifactsBucket;
  await refuseOverlap(stack, loaded.document);
  const put = (Key: string, Body: string) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
  await put(loaded.key, loaded.json);
  await put(`pipelines/${loaded.document.name}/current.json`, JSON.stringify({ key: loaded.key }));
  return loaded;
}

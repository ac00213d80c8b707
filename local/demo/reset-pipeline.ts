import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteTableCommand, EntityNotFoundException, GlueClient } from '@aws-sdk/client-glue';
import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { BatchWriteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { publishedPipelines } from '#cli/publish-pipeline.ts';
import type { Stack } from '#cli/stack.ts';
import type { PipelineDocument } from '#src/model/pipeline.ts';

const DYNAMODB_BATCH = 25;

async function deletePrefix(s3: S3Client, Bucket: string, Prefix: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const Objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
    if (Objects.length === 0) return;
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
}

async function dropTable(glue: GlueClient, DatabaseName: string, Name: string): Promise<void> {
  try {
    await glue.send(new DeleteTableCommand({ DatabaseName, Name }));
  } catch (error) {
    if (!(error instanceof EntityNotFoundException)) throw error;
  }
}

/** State items of a pipeline: their keys begin with what they are, then the pipeline's name. */
async function deleteState(stack: Stack, pipeline: string): Promise<void> {
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientConfig));
  const TableName = stack.outputs.StateTable;
  const keys: { pk: string; sk: string }[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new ScanCommand({ TableName, ProjectionExpression: 'pk, sk', ExclusiveStartKey }),
    );
    keys.push(...((page.Items ?? []) as typeof keys));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  const mine = keys.filter(({ pk }) => pk.split('#')[1] === pipeline);
  for (let at = 0; at < mine.length; at += DYNAMODB_BATCH) {
    const requests = mine.slice(at, at + DYNAMODB_BATCH).map((Key) => ({ DeleteRequest: { Key } }));
    await dynamo.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
  }
}

/**
 * Removes all that one pipeline has written to the local lake, so that the demo begins at its beginning. The table of
 * rejects is every pipeline's: it goes only when no other pipeline is published.
 */
export async function resetPipeline(stack: Stack, pipeline: PipelineDocument): Promise<void> {
  const { LakeBucket, ArtifactsBucket, BronzeDatabase, SilverDatabase, GoldDatabase } =
    stack.outputs;
  const s3 = new S3Client(stack.clientConfig);
  const glue = new GlueClient(stack.clientConfig);
  const predictions = pipeline.model === undefined ? [] : [pipeline.model.predictions];
  const others = (await publishedPipelines(stack)).filter(({ name }) => name !== pipeline.name);
  const rejects = others.length === 0 ? ['rejects'] : [];
  const tables: ReadonlyArray<readonly [string, string, readonly string[]]> = [
    ['bronze', BronzeDatabase, pipeline.extract.queries.map(({ name }) => name)],
    ['silver', SilverDatabase, [...pipeline.silver.map(({ table }) => table), ...rejects]],
    ['gold', GoldDatabase, [...pipeline.gold.map(({ table }) => table), ...predictions]],
  ];
  for (const [layer, database, names] of tables) {
    for (const name of names) {
      await dropTable(glue, database, name);
      await deletePrefix(s3, LakeBucket, `${layer}/${name}/`);
    }
  }
  for (const folder of ['intervals', 'quality', 'training-data', 'models']) {
    await deletePrefix(s3, ArtifactsBucket, `${folder}/${pipeline.name}/`);
  }
  await deleteState(stack, pipeline.name);
}

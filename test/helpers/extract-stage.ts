import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateDatabaseCommand, GetPartitionsCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { type FileSet, readFilesSql } from '#src/adapters/duckdb/read-files.ts';
import { Manifest } from '#src/model/manifest.ts';
import { PipelineDocument } from '#src/model/pipeline.ts';
import type { SnowflakeCredentials } from '#src/ports/credentials.ts';
import type { QueryId } from '#src/ports/watermark-store.ts';
import type { Emulator } from './emulator.ts';
import { openDuckdbReader } from './parquet-readers.ts';

export const NAMES = {
  lake: 'extract-lake',
  artifacts: 'extract-artifacts',
  table: 'extract-state',
  database: 'extract_bronze',
} as const;

/** Makes what the stack makes for the extraction, and nothing more. */
export async function makeResources({ clients, endpoint }: Emulator, login: SnowflakeCredentials) {
  const { s3, dynamo, glue } = clients;
  await s3.send(new CreateBucketCommand({ Bucket: NAMES.lake }));
  await s3.send(new CreateBucketCommand({ Bucket: NAMES.artifacts }));
  await dynamo.send(
    new CreateTableCommand({
      TableName: NAMES.table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: NAMES.database } }));
  const { credentials, region } = s3.config;
  const secrets = new SecretsManagerClient({ endpoint, region, credentials });
  /** Another log-in; its ARN. */
  const add = async (name: string, other: SnowflakeCredentials): Promise<string> => {
    const secret = { Name: `extract-${name}`, SecretString: JSON.stringify(other) };
    return (await secrets.send(new CreateSecretCommand(secret))).ARN ?? '';
  };
  return { secretArn: await add('snowflake', login), add };
}

/** The environment that the function has, its AWS behind `endpoint`. */
export async function functionEnvironment(
  { clients }: Emulator,
  endpoint: string,
  secretArn: string,
): Promise<Record<string, string>> {
  const { credentials, region } = clients.s3.config;
  const { accessKeyId, secretAccessKey } = await credentials();
  return {
    STAGE: 'local',
    LOG_LEVEL: 'warn',
    LAKE_BUCKET: NAMES.lake,
    ARTIFACTS_BUCKET: NAMES.artifacts,
    STATE_TABLE: NAMES.table,
    BRONZE_DATABASE: NAMES.database,
    SNOWFLAKE_SECRET_ARN: secretArn,
    DUCKDB_MEMORY_LIMIT_MB: '512',
    HOME: mkdtempSync(join(tmpdir(), 'extract-home-')),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: await region(),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

/** Publishes a pipeline as the command line does. */
export async function publish({ clients }: Emulator, document: object): Promise<void> {
  const pipeline = PipelineDocument.parse(document);
  const objects = s3ObjectStore({ bucket: NAMES.artifacts, client: clients.s3 });
  const key = `pipelines/${pipeline.name}/0000000000000000.json`;
  await objects.putText(key, JSON.stringify(pipeline));
  await objects.putText(`pipelines/${pipeline.name}/current.json`, JSON.stringify({ key }));
}

/** Manifests of committed watermarks, oldest first. */
export async function committedManifests({ clients }: Emulator, id: QueryId): Promise<Manifest[]> {
  const watermarks = dynamoWatermarkStore({ table: NAMES.table, client: clients.dynamo });
  const lake = s3ObjectStore({ bucket: NAMES.lake, client: clients.s3 });
  const history = await watermarks.history(id);
  const texts = await Promise.all(history.map(({ manifestKey }) => lake.getText(manifestKey)));
  return texts.map((text) => Manifest.parse(JSON.parse(text ?? '')));
}

/** Files of the committed manifests on this machine, and their columns. */
export async function fetchCommitted(emulator: Emulator, id: QueryId): Promise<FileSet[]> {
  const folder = mkdtempSync(join(tmpdir(), 'committed-'));
  const manifests = await committedManifests(emulator, id);
  return Promise.all(
    manifests.map(async ({ files, columns, runId }) => {
      const paths = await Promise.all(
        files.map(({ key }, index) =>
          download(emulator, key, join(folder, `${runId}-${index}.parquet`)),
        ),
      );
      return { paths, columns };
    }),
  );
}

/** Runs SQL over the rows of the committed manifests' files, which it names `bronze`. */
export async function queryCommitted(
  emulator: Emulator,
  id: QueryId,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const sets = await fetchCommitted(emulator, id);
  const query = await openDuckdbReader();
  return query(`with bronze as (${readFilesSql(sets)}) ${sql}`);
}

/** An object of the lake as a file. */
async function download({ clients }: Emulator, Key: string, path: string): Promise<string> {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: NAMES.lake, Key }));
  await writeFile(path, (await Body?.transformToByteArray()) ?? '');
  return path;
}

/** Rows that an engine finds which knows the catalog's partitions only, and lists their folders. */
export async function countThroughCatalog(emulator: Emulator, table: string): Promise<number> {
  const { clients } = emulator;
  const lake = s3ObjectStore({ bucket: NAMES.lake, client: clients.s3 });
  const { Partitions = [] } = await clients.glue.send(
    new GetPartitionsCommand({ DatabaseName: NAMES.database, TableName: table }),
  );
  const query = await openDuckdbReader();
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  let rows = 0;
  for (const { StorageDescriptor } of Partitions) {
    const prefix = StorageDescriptor?.Location?.replace(`s3://${NAMES.lake}/`, '') ?? '';
    const keys = (await lake.list(prefix)).filter((key) => !/\/[_.]/.test(key));
    for (const [index, key] of keys.entries()) {
      const path = await download(emulator, key, join(folder, `${index}.parquet`));
      const [counted] = await query(`select count(*)::int as n from '${path}'`);
      rows += Number(counted?.n);
    }
  }
  return rows;
}

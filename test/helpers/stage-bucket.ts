import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { emulatorCredentials } from '#local/platform/places.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { openTestEngine, run, type TestEngine } from './stand-in-engine.ts';

/** A stand-in beside an emulator's S3, with a bucket, an integration `S3_INT` for it and a stage `LAKE`. */
export interface StageBucket {
  readonly emulator: Emulator;
  readonly engine: TestEngine;
  readonly bucket: string;
  put(key: string, body: string | Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array>;
  keys(prefix?: string): Promise<string[]>;
  close(): Promise<void>;
}

/** How an engine reaches an emulator's S3. */
export const emulatorAccess = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: emulatorCredentials(),
});

export const integrationSql = (bucket: string) => `
  create storage integration s3_int type = external_stage storage_provider = 'S3' enabled = true
    storage_aws_role_arn = 'arn:aws:iam::123456789012:role/lake'
    storage_allowed_locations = ('s3://${bucket}/open/', 's3://${bucket}/lake/')
    storage_blocked_locations = ('s3://${bucket}/open/secret/')`;

export async function openStageBucket(name: string): Promise<StageBucket> {
  const emulator = await startEmulator(name);
  const { s3 } = emulator.clients;
  const bucket = `stage-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const objectStore = emulatorAccess(emulator.endpoint);
  const engine = await openTestEngine(undefined, { objectStore });
  const session = await engine.session();
  await run(session, integrationSql(bucket));
  await run(session, `create stage lake url = 's3://${bucket}/lake/' storage_integration = s3_int`);
  await session.close();
  return {
    emulator,
    engine,
    bucket,
    async put(Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    async get(Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    async keys(Prefix = '') {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async close() {
      await engine.close();
      await emulator.remove();
    },
  };
}

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import type { StageCredentials } from '../catalog/model.ts';
import { SnowflakeError } from '../statement.ts';
import type { StagedFile, StageStore } from './stage-store.ts';

/** How S3 is reached; the AWS SDK's own environment where nothing is said. */
export interface ObjectStoreAccess {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** For storage integrations, whose role is not assumed; stages with CREDENTIALS use those. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A client for the keys of a stage, or for the access that integrations have. */
export function s3Client(access: ObjectStoreAccess, keys: StageCredentials | null): S3Client {
  const { endpoint, region = 'us-east-1', credentials } = access;
  const own = keys && {
    accessKeyId: keys.keyId,
    secretAccessKey: keys.secretKey,
    ...(keys.token === null ? {} : { sessionToken: keys.token }),
  };
  const used = own ?? (credentials ? { ...credentials } : undefined);
  return new S3Client({
    region,
    followRegionRedirects: true,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(used === undefined ? {} : { credentials: used }),
  });
}

export interface S3Place {
  readonly bucket: string;
  /** Empty, or ending in a slash. */
  readonly prefix: string;
}

/** Snowflake's error for what S3 refuses, worded as it words that of `LIST @stage`. */
function stageFailure(error: unknown): SnowflakeError {
  const { name, message, $metadata } = error as S3ServiceException;
  const status = $metadata?.httpStatusCode;
  const cause =
    status === undefined
      ? `Cannot reach S3: ${message}`
      : `${message} (Status Code: ${status}; Error Code: ${name})`;
  return new SnowflakeError(
    '091003',
    '22000',
    `Failure using stage area. Cause: [${cause}]`,
    error,
  );
}

async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw stageFailure(error);
  }
}

/** Files of an external stage: the objects below a prefix of a bucket. */
export function s3Store(client: S3Client, { bucket, prefix }: S3Place): StageStore {
  const object = (name: string) => ({ Bucket: bucket, Key: prefix + name });
  return {
    list: (within) =>
      asking(async () => {
        const files: StagedFile[] = [];
        let token: string | undefined;
        do {
          const page = await client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix + within,
              ContinuationToken: token,
            }),
          );
          for (const { Key = '', Size = 0, ETag = '', LastModified } of page.Contents ?? []) {
            files.push({
              name: Key.slice(prefix.length),
              sizeBytes: Size,
              contentKey: ETag.replaceAll('"', ''),
              modifiedAt: LastModified ?? new Date(0),
            });
          }
          token = page.NextContinuationToken;
        } while (token !== undefined);
        return files;
      }),
    exists: (name) =>
      asking(async () => {
        try {
          await client.send(new HeadObjectCommand(object(name)));
          return true;
        } catch (error) {
          if ((error as S3ServiceException).$metadata?.httpStatusCode === 404) return false;
          throw error;
        }
      }),
    fetch: (name, scratch) =>
      asking(async () => {
        await mkdir(scratch, { recursive: true });
        const path = join(scratch, 'object');
        const { Body } = await client.send(new GetObjectCommand(object(name)));
        await pipeline(Body as Readable, createWriteStream(path));
        return path;
      }),
    put: (name, localPath) =>
      asking(async () => {
        const ContentLength = (await stat(localPath)).size;
        const Body = createReadStream(localPath);
        await client.send(new PutObjectCommand({ ...object(name), Body, ContentLength }));
      }),
    remove: (name) =>
      asking(async () => {
        await client.send(new DeleteObjectCommand(object(name)));
      }),
  };
}

/** `s3://bucket/path` as a bucket and a prefix, or undefined for another kind of URL. */
export function parseS3Url(url: string): { bucket: string; path: string } | undefined {
  const [, bucket, path = ''] = /^s3(?:gov|china)?:\/\/([^/]+)(?:\/(.*))?$/.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, path };
}

import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore, PutOptions } from '../../ports/object-store.ts';
import { callAws, isAwsError } from './translate-error.ts';

export interface S3ObjectStoreOptions {
  readonly bucket: string;
  readonly client?: S3Client;
}

/**
 * Largest object of a single PUT, in bytes; one PUT leaves nothing behind when it fails, a
 * multipart upload does.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

/**
 * The SDK does not send a stream twice, so that a file's PUT is tried again here, with a new
 * stream.
 */
const FILE_ATTEMPTS = 3;

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

function putInput(bucket: string, key: string, options: PutOptions): PutObjectCommandInput {
  return {
    Bucket: bucket,
    Key: key,
    ...(options.sha256 === undefined ? {} : { ChecksumSHA256: base64(options.sha256) }),
    ...(options.ifAbsent === true ? { IfNoneMatch: '*' } : {}),
  };
}

async function sendFile(client: S3Client, input: PutObjectCommandInput, path: string) {
  const { size } = await stat(path);
  if (size > MAX_PUT_BYTES) throw new RangeError(`a file of ${size} bytes is too large for a PUT`);
  const put = () =>
    client.send(
      new PutObjectCommand({ ...input, Body: createReadStream(path), ContentLength: size }),
    );
  return callAws(`write s3://${input.Bucket}/${input.Key}`, async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await put();
      } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata
          ?.httpStatusCode;
        if (attempt === FILE_ATTEMPTS || (status !== undefined && status < 500)) throw error;
      }
    }
  });
}

/** Objects of an S3 bucket. Methods throw STORE_UNAVAILABLE (transient) or STORE_REFUSED. */
export function s3ObjectStore({
  bucket,
  client = new S3Client(),
}: S3ObjectStoreOptions): ObjectStore {
  return {
    bucket,
    async putText(key, text, options = {}) {
      const input = {
        ...putInput(bucket, key, options),
        Body: text,
        ContentType: 'application/json',
      };
      return callAws(`write s3://${bucket}/${key}`, async () => {
        try {
          await client.send(new PutObjectCommand(input));
          return true;
        } catch (error) {
          if (isAwsError(error, 'PreconditionFailed')) return false;
          throw error;
        }
      });
    },
    async putFile(key, path, options = {}) {
      await sendFile(client, putInput(bucket, key, options), path);
    },
    async getFile(key, path) {
      return callAws(`read s3://${bucket}/${key}`, async () => {
        try {
          const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
          await pipeline(answer.Body as Readable, createWriteStream(path));
          return true;
        } catch (error) {
          if (isAwsError(error, 'NoSuchKey')) return false;
          throw error;
        }
      });
    },
    async getText(key) {
      return callAws(`read s3://${bucket}/${key}`, async () => {
        try {
          const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
          return (await answer.Body?.transformToString('utf-8')) ?? '';
        } catch (error) {
          if (isAwsError(error, 'NoSuchKey')) return null;
          throw error;
        }
      });
    },
    async has(key) {
      return callAws(`look for s3://${bucket}/${key}`, async () => {
        try {
          await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
          return true;
        } catch (error) {
          if (isAwsError(error, 'NotFound', 'NoSuchKey')) return false;
          throw error;
        }
      });
    },
    async remove(key) {
      const input = { Bucket: bucket, Key: key };
      await callAws(`remove s3://${bucket}/${key}`, () =>
        client.send(new DeleteObjectCommand(input)),
      );
    },
    async list(prefix) {
      return callAws(`list s3://${bucket}/${prefix}`, () => listKeys(client, bucket, prefix));
    },
  };
}

async function listKeys(client: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}

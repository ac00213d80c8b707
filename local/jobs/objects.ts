import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Parts of `s3://bucket/key`. Throws for anything else. */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(uri);
  if (match?.[1] === undefined) {
    throw new Error(`Cannot read the address ${uri}: it is not of the form s3://bucket/key.`);
  }
  return { bucket: match[1], key: match[2] ?? '' };
}

/** Copies one object to a file. */
export async function downloadObject(s3: S3Client, uri: string, path: string): Promise<void> {
  const { bucket, key } = parseS3Uri(uri);
  mkdirSync(dirname(path), { recursive: true });
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await pipeline(answer.Body as Readable, createWriteStream(path));
  } catch (cause) {
    throw new Error(`Cannot download ${uri}: ${(cause as Error).message}.`, { cause });
  }
}

/** Copies every object below a prefix into a folder; answers how many there were. */
export async function downloadPrefix(s3: S3Client, uri: string, folder: string): Promise<number> {
  const { bucket, key: prefix } = parseS3Uri(uri);
  const base = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  mkdirSync(folder, { recursive: true });
  let count = 0;
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix });
  for await (const page of pages) {
    for (const { Key: key = '' } of page.Contents ?? []) {
      const relative = normalize(key.slice(base.length));
      if (key.endsWith('/') || relative.startsWith('..')) continue;
      await downloadObject(s3, `s3://${bucket}/${key}`, join(folder, relative));
      count += 1;
    }
  }
  return count;
}

/** Copies one file to an object. */
export async function uploadFile(s3: S3Client, path: string, uri: string): Promise<void> {
  const { bucket, key } = parseS3Uri(uri);
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: createReadStream(path),
      ContentLength: statSync(path).size,
    }),
  );
}

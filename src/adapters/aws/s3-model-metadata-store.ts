import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { ModelMetadata, ModelMetadataStore } from '../../ports/model-metadata-store.ts';
import { callAws, isAwsError } from './translate-error.ts';

const METADATA = 'metadata.json';
const BLOCK = 512;
/** Entries that are files; others carry names of files too, such as extended headers. */
const FILE_TYPES = new Set(['0', '\0']);

const Numbers = z.record(z.string(), z.number());
const Metadata = z.object({ metrics: Numbers, baseline: Numbers.default({}) });

const text = (header: Buffer, from: number, to: number) =>
  header.toString('latin1', from, to).split('\0')[0]?.trim() ?? '';

/** One file of a tar, by the last part of its name. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
function fileInTar(tar: Buffer, wanted: string): Buffer | null {
  let offset = 0;
  while (offset + BLOCK <= tar.length && tar[offset] !== 0) {
    const header = tar.subarray(offset, offset + BLOCK);
    const size = Number.parseInt(text(header, 124, 136), 8) || 0;
    const begin = offset + BLOCK;
    const isFile = FILE_TYPES.has(header.toString('latin1', 156, 157));
    if (isFile && text(header, 0, 100).split('/').at(-1) === wanted) {
      return tar.subarray(begin, begin + size);
    }
    offset = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return null;
}

function metadataOf(archive: Buffer): ModelMetadata | null {
  const file = fileInTar(gunzipSync(archive), METADATA);
  if (file === null) return null;
  return Metadata.safeParse(JSON.parse(file.toString('utf8'))).data ?? null;
}

/**
 * What training put into `metadata.json` beside the model, in the archive that SageMaker made of both. A model never
 * changes, so that each is read once. `read` throws STORE_UNAVAILABLE (transient) or STORE_REFUSED.
 */
export function s3ModelMetadataStore({
  bucket: Bucket,
  client = new S3Client(),
}: {
  readonly bucket: string;
  readonly client?: S3Client;
}): ModelMetadataStore {
  const known = new Map<string, ModelMetadata | null>();
  return {
    read(Key) {
      return callAws(`read s3://${Bucket}/${Key}`, async () => {
        const seen = known.get(Key);
        if (seen !== undefined) return seen;
        try {
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
          const archive = Buffer.from((await Body?.transformToByteArray()) ?? []);
          const metadata = metadataOf(archive);
          known.set(Key, metadata);
          return metadata;
        } catch (error) {
          if (isAwsError(error, 'NoSuchKey')) return null;
          throw error;
        }
      });
    },
  };
}

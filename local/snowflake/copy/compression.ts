import { PassThrough, type Transform } from 'node:stream';
import {
  createBrotliCompress,
  createBrotliDecompress,
  createDeflate,
  createDeflateRaw,
  createGunzip,
  createGzip,
  createInflate,
  createInflateRaw,
  createZstdCompress,
  createZstdDecompress,
} from 'node:zlib';
import { unsupported } from '../sql/errors.ts';

interface Codec {
  /** What COPY INTO location adds to a file's name. */
  readonly suffix: string;
  readonly compress: () => Transform;
  readonly decompress: () => Transform;
}

const NONE: Codec = {
  suffix: '',
  compress: () => new PassThrough(),
  decompress: () => new PassThrough(),
};

/** https://docs.snowflake.com/en/sql-reference/sql/create-file-format: COMPRESSION */
const CODECS: Readonly<Record<string, Codec>> = {
  GZIP: { suffix: '.gz', compress: createGzip, decompress: createGunzip },
  BROTLI: { suffix: '.br', compress: createBrotliCompress, decompress: createBrotliDecompress },
  ZSTD: { suffix: '.zst', compress: createZstdCompress, decompress: createZstdDecompress },
  DEFLATE: { suffix: '.deflate', compress: createDeflate, decompress: createInflate },
  RAW_DEFLATE: {
    suffix: '.raw_deflate',
    compress: createDeflateRaw,
    decompress: createInflateRaw,
  },
  NONE,
};

/** How a file is compressed that is written; AUTO is GZIP. */
export const writtenCodec = (compression: string): Codec =>
  CODECS[compression === 'AUTO' ? 'GZIP' : compression] ?? NONE;

/** How a file is compressed that is read; AUTO goes by the end of its name. */
export function readCodec(compression: string, name: string): Codec {
  if (compression !== 'AUTO') return CODECS[compression] ?? NONE;
  if (/\.bz2$/i.test(name)) throw unsupported('files compressed with bzip2');
  const found = Object.values(CODECS).find(
    ({ suffix }) => suffix !== '' && name.toLowerCase().endsWith(suffix),
  );
  return found ?? (/\.gzip$/i.test(name) ? (CODECS.GZIP as Codec) : NONE);
}

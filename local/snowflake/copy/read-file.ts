import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { readCodec } from './compression.ts';
import { type FileFormat, flagOf, textOf } from './file-format.ts';
import { type CsvShape, readCsv } from './read-csv.ts';
import { readJson } from './read-json.ts';
import type { StagedRow } from './staged-row.ts';

/** UTF-8 text of a file in pieces, decompressed. */
async function* textOfFile(path: string, name: string, format: FileFormat): AsyncGenerator<string> {
  const codec = readCodec(textOf(format, 'COMPRESSION'), name).decompress();
  const done = pipeline(createReadStream(path), codec, { end: true }).catch((error) => error);
  const isLenient =
    flagOf(format, 'REPLACE_INVALID_CHARACTERS') ||
    (format.type === 'JSON' && flagOf(format, 'IGNORE_UTF8_ERRORS'));
  const decoder = new TextDecoder('utf-8', { fatal: !isLenient });
  for await (const chunk of codec) yield decoder.decode(chunk as Buffer, { stream: true });
  const failure = await done;
  if (failure instanceof Error) throw failure;
  yield decoder.decode();
}

/** Records of a CSV or JSON file. */
export function readRecords(
  path: string,
  name: string,
  format: FileFormat,
  shape: CsvShape,
): AsyncGenerator<StagedRow> {
  const text = textOfFile(path, name, format);
  return format.type === 'CSV' ? readCsv(text, format, shape) : readJson(text, format);
}

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { WrittenFile } from './write-parquet.ts';

interface TextOptions {
  /** Begins each file. */
  readonly header: string;
  readonly compress: () => Transform;
  readonly isCompressed: boolean;
  /** Undefined for one file whatever its size. */
  readonly maxFileSize: number | undefined;
}

interface Open {
  readonly path: string;
  readonly file: WriteStream;
  readonly compressor: Transform;
  rows: number;
  rawBytes: number;
  /** Text that has not been handed on. */
  pending: string;
}

/** Characters that are handed to the file at a time. */
const PIECE = 65_536;

/** Writes lines to files of a folder; a new one begins when one has reached its size. */
class TextFiles {
  readonly #folder: string;
  readonly #options: TextOptions;
  readonly #written: WrittenFile[] = [];
  #open: Open | undefined;

  constructor(folder: string, options: TextOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async add(lines: readonly string[]): Promise<void> {
    const { isCompressed, maxFileSize = Number.POSITIVE_INFINITY } = this.#options;
    for (const line of lines) {
      this.#open ??= this.#begin();
      const open = this.#open;
      open.rows += 1;
      open.rawBytes += Buffer.byteLength(line);
      open.pending += line;
      const size = isCompressed ? open.file.bytesWritten : open.rawBytes;
      if (size >= maxFileSize) await this.#end();
      else if (open.pending.length >= PIECE) await this.#flush(open);
    }
  }

  async finish(): Promise<WrittenFile[]> {
    await this.#end();
    return this.#written;
  }

  #begin(): Open {
    const { header, compress } = this.#options;
    const path = join(this.#folder, String(this.#written.length));
    const file = createWriteStream(path);
    const compressor = compress();
    compressor.pipe(file);
    const rawBytes = Buffer.byteLength(header);
    return { path, file, compressor, rows: 0, rawBytes, pending: header };
  }

  async #flush(open: Open): Promise<void> {
    const piece = open.pending;
    open.pending = '';
    if (!open.compressor.write(piece)) await once(open.compressor, 'drain');
  }

  async #end(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    open.compressor.end(open.pending);
    await finished(open.file);
    const sizeBytes = (await stat(open.path)).size;
    this.#written.push({
      path: open.path,
      rowCount: open.rows,
      sizeBytes,
      rawBytes: open.rawBytes,
    });
  }
}

/** Writes the lines, as they come, to files of a folder. */
export async function writeText(
  lines: AsyncIterable<readonly string[]>,
  folder: string,
  options: TextOptions,
): Promise<WrittenFile[]> {
  await mkdir(folder, { recursive: true });
  const files = new TextFiles(folder, options);
  for await (const batch of lines) await files.add(batch);
  return files.finish();
}

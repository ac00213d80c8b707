import { createReadStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ResultPartition, ResultSet } from '../../statement.ts';
import { type DmlStats, dmlStats } from '../dml-stats.ts';
import { type CellForms, rewriteCells } from './cells.ts';

const zip = promisify(gzip);

/** One partition of a result, on disk. */
export interface Page {
  readonly rowCount: number;
  readonly uncompressedBytes: number;
  /** Size of the gzip file; the first partition is not compressed. */
  readonly compressedBytes: number | undefined;
  readonly path: string;
}

/** A result as the SQL API serves it: readable any number of times, by any number of clients. */
export interface Pages {
  readonly pages: readonly Page[];
  readonly stats: DmlStats | undefined;
}

export interface PagesOptions {
  readonly dir: string;
  readonly nullAsText: boolean;
}

/** Partitions compressed at the same time. */
const PARALLEL = 2;
/** The fastest level: the cost here is time, not bytes on a local connection. */
const GZIP_LEVEL = 1;

const cellForms = ({ columns }: ResultSet, nullAsText: boolean): CellForms => ({
  columnCount: columns.length,
  booleans: columns.flatMap(({ type }, index) => (type === 'boolean' ? [index] : [])),
  nullAsText,
});

async function writePage(
  partition: ResultPartition,
  index: number,
  forms: CellForms,
  dir: string,
): Promise<Page> {
  const rows = rewriteCells(await partition.read(), forms);
  const { rowCount } = partition;
  if (index === 0) {
    const path = join(dir, '0.rows');
    await writeFile(path, rows);
    const uncompressedBytes = Buffer.byteLength(rows);
    return { rowCount, uncompressedBytes, compressedBytes: undefined, path };
  }
  const path = join(dir, `${index}.json.gz`);
  const plain = Buffer.from(`{"data":[${rows}]}`);
  const compressed = await zip(plain, { level: GZIP_LEVEL });
  await writeFile(path, compressed);
  const compressedBytes = compressed.length;
  return { rowCount, uncompressedBytes: plain.length, compressedBytes, path };
}

/**
 * Writes a result to disk in the form the SQL API answers: the first partition's rows plain, to be
 * put beside the metadata, every further one as a gzip file of `{"data":[…]}`, which is the whole
 * body of its answer. https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses
 */
export async function writePages(
  statementTypeId: number,
  result: ResultSet,
  { dir, nullAsText }: PagesOptions,
): Promise<Pages> {
  await mkdir(dir, { recursive: true });
  const stats = await dmlStats(statementTypeId, result);
  const forms = cellForms(result, nullAsText);
  const pages: Page[] = [];
  const queue = [...result.partitions.entries()];
  const writeNext = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, partition] = next;
      pages[index] = await writePage(partition, index, forms, dir);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, writeNext));
  return { pages, stats };
}

/** Rows of the first partition, without outer brackets; empty for a result without rows. */
export const firstRows = async ({ pages: [first] }: Pages): Promise<string> =>
  first === undefined ? '' : readFile(first.path, 'utf8');

export const openPage = ({ path }: Page): Readable => createReadStream(path);

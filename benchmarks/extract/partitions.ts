import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { paths } from '#local/setup/paths.ts';
import { columnsOf, SHAPES, tableOf, type Work } from './shapes.ts';

const compress = promisify(gzip);

export interface Recording {
  readonly rows: number;
  readonly folder: string;
  /** One for each partition, in order. */
  readonly partitions: readonly { readonly rowCount: number; readonly uncompressedSize: number }[];
}

/**
 * Forms of the same rows: the SQL API's, the driver's, an array that DuckDB reads, and Arrow where
 * `record_arrow.py` has made it.
 */
export const recordedPath = (
  folder: string,
  form: 'api' | 'driver' | 'array' | 'arrow',
  index: number,
) => join(folder, `${form}-${index}.json.gz`);

/** The SQL API writes booleans as words, the driver's protocol as digits. */
const BOOLEANS = { api: ["'true'", "'false'"], driver: ["'1'", "'0'"] } as const;

const cellsSql = (work: Work, form: 'api' | 'driver') =>
  columnsOf(work)
    .map(({ type, cell }) => {
      const [yes, no] = BOOLEANS[form];
      return type === 'boolean' ? `CASE WHEN ${cell} THEN ${yes} ELSE ${no} END` : cell;
    })
    .join(', ');

async function recordPartition(
  rowsOf: (form: 'api' | 'driver', from: number, to: number) => Promise<string>,
  folder: string,
  [from, to, index]: readonly [number, number, number],
) {
  const api = await rowsOf('api', from, to);
  const driver = await rowsOf('driver', from, to);
  await writeFile(recordedPath(folder, 'api', index), await compress(`{"data":[${api}]}`));
  await writeFile(recordedPath(folder, 'array', index), await compress(`[${api}]`));
  await writeFile(recordedPath(folder, 'driver', index), await compress(driver));
  return { rowCount: to - from, uncompressedSize: Buffer.byteLength(api) };
}

/** Rows that are recorded; a larger table is their partitions over and over, which are linked. */
const RECORDED_ROWS = 2_000_000;

async function repeatPartitions(work: Work, folder: string) {
  const recorded = await recordPartitions({ ...work, rows: RECORDED_ROWS });
  const count = recorded.partitions.length;
  const partitions = [];
  for (let index = 0; index < (work.rows / RECORDED_ROWS) * count; index++) {
    for (const form of ['api', 'driver', 'array'] as const) {
      const source = recordedPath(recorded.folder, form, index % count);
      linkSync(source, recordedPath(folder, form, index));
    }
    partitions.push(recorded.partitions[index % count] as Recording['partitions'][number]);
  }
  return partitions;
}

async function makePartitions(work: Work, folder: string) {
  const { rows } = work;
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rowsOf = async (form: 'api' | 'driver', from: number, to: number) => {
    const result = await connection.runAndReadAll(
      `SELECT string_agg(json_array(${cellsSql(work, form)})::VARCHAR, ',' ORDER BY n)
       FROM range(${from}, ${to}) AS t(n)`,
    );
    return String(result.getRows()[0]?.[0]);
  };
  const partitions = [];
  const size = SHAPES[work.shape]?.partitionRows ?? rows;
  for (let n = 0; n * size < rows; n++) {
    const range = [n * size, Math.min(rows, (n + 1) * size), n] as const;
    partitions.push(await recordPartition(rowsOf, folder, range));
  }
  return partitions;
}

/** Records a result of so many rows below .snowmelt, once. */
export async function recordPartitions(work: Work): Promise<Recording> {
  const { rows } = work;
  const folder = join(paths.setupDir, 'bench', 'extract', tableOf(work));
  const index = join(folder, 'recording.json');
  if (existsSync(index)) return JSON.parse(await readFile(index, 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const isRepeated = rows > RECORDED_ROWS && rows % RECORDED_ROWS === 0;
  const partitions = await (isRepeated ? repeatPartitions : makePartitions)(work, folder);
  const recording = { rows, folder, partitions };
  writeFileSync(index, JSON.stringify(recording));
  return recording;
}

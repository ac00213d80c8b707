import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { paths } from '#local/setup/paths.ts';

const compress = promisify(gzip);

/** Rows of one partition: with these columns about 7 MB of text, 1 MB compressed. */
const PARTITION_ROWS = 50_000;

/** A column as the SQL API and the driver describe it, and the SQL that makes its cells' text. */
interface RecordedColumn {
  readonly name: string;
  readonly type: string;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
  readonly nullable: boolean;
  readonly cell: string;
}

const column = (
  name: string,
  type: string,
  cell: string,
  more: Partial<RecordedColumn> = {},
): RecordedColumn => ({
  name,
  type,
  precision: null,
  scale: null,
  length: type === 'text' ? 100 : null,
  nullable: true,
  cell,
  ...more,
});

const epoch = (offset: number) => `(1700000000 + (n * 37 + ${offset}) % 90000000)::VARCHAR`;

/**
 * Twelve columns of an orders table: keys, money, names that repeat and that do not, dates, a value
 * that may be null.
 */
export const COLUMNS: readonly RecordedColumn[] = [
  column('ID', 'fixed', 'n::VARCHAR', { precision: 18, scale: 0, nullable: false }),
  column('AMOUNT', 'fixed', '(n * 7919 % 10000000 / 100)::DECIMAL(12,2)::VARCHAR', {
    precision: 12,
    scale: 2,
  }),
  column('STATUS', 'text', "['new', 'paid', 'sent', 'returned'][1 + n % 4]"),
  column('COUNTRY', 'text', "['DE', 'FR', 'IT', 'PL', 'SE', 'UK', 'US'][1 + n % 7]"),
  column('CHANNEL', 'text', "['web', 'shop', 'phone'][1 + n % 3]"),
  column('CUSTOMER', 'text', "'customer ' || (n * 7919 % 400000)"),
  column('NOTE', 'text', "'order ' || n || ' of ' || hash(n)::VARCHAR"),
  column('ORDERED_ON', 'date', '(18000 + n % 2000)::VARCHAR'),
  column('CREATED_AT', 'timestamp_ntz', `${epoch(0)} || '.123456789'`, { scale: 9 }),
  column('UPDATED_AT', 'timestamp_ntz', `${epoch(500)} || '.000000000'`, { scale: 9 }),
  column('IS_GIFT', 'boolean', 'n % 11 = 0'),
  column('DISCOUNT', 'real', 'CASE WHEN n % 3 <> 0 THEN (n % 1000 / 1000.0)::DOUBLE::VARCHAR END'),
];

export interface Recording {
  readonly rows: number;
  readonly folder: string;
  /** One for each partition, in order. */
  readonly partitions: readonly { readonly rowCount: number; readonly uncompressedSize: number }[];
}

/** Three forms of the same rows: the SQL API's, the driver's, and an array that DuckDB reads. */
export const recordedPath = (folder: string, form: 'api' | 'driver' | 'array', index: number) =>
  join(folder, `${form}-${index}.json.gz`);

/** The SQL API writes booleans as words, the driver's protocol as digits. */
const BOOLEANS = { api: ["'true'", "'false'"], driver: ["'1'", "'0'"] } as const;

const cellsSql = (form: 'api' | 'driver') =>
  COLUMNS.map(({ type, cell }) => {
    const [yes, no] = BOOLEANS[form];
    return type === 'boolean' ? `CASE WHEN ${cell} THEN ${yes} ELSE ${no} END` : cell;
  }).join(', ');

async function recordPartition(
  rowsOf: (form: 'api' | 'driver', from: number, to: number) => Promise<string>,
  folder: string,
  index: number,
  rows: number,
) {
  const from = index * PARTITION_ROWS;
  const to = Math.min(rows, from + PARTITION_ROWS);
  const api = await rowsOf('api', from, to);
  const driver = await rowsOf('driver', from, to);
  await writeFile(recordedPath(folder, 'api', index), await compress(`{"data":[${api}]}`));
  await writeFile(recordedPath(folder, 'array', index), await compress(`[${api}]`));
  await writeFile(recordedPath(folder, 'driver', index), await compress(driver));
  return { rowCount: to - from, uncompressedSize: Buffer.byteLength(api) };
}

/** Records a result of so many rows below .snowmelt, once. */
export async function recordPartitions(rows: number): Promise<Recording> {
  const folder = join(paths.setupDir, 'bench', 'extract', String(rows));
  const index = join(folder, 'recording.json');
  if (existsSync(index)) return JSON.parse(await readFile(index, 'utf8'));
  mkdirSync(folder, { recursive: true });
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rowsOf = async (form: 'api' | 'driver', from: number, to: number) => {
    const result = await connection.runAndReadAll(
      `SELECT string_agg(json_array(${cellsSql(form)})::VARCHAR, ',' ORDER BY n)
       FROM range(${from}, ${to}) AS t(n)`,
    );
    return String(result.getRows()[0]?.[0]);
  };
  const partitions = [];
  for (let n = 0; n * PARTITION_ROWS < rows; n++) {
    partitions.push(await recordPartition(rowsOf, folder, n, rows));
  }
  const recording = { rows, folder, partitions };
  writeFileSync(index, JSON.stringify(recording));
  return recording;
}

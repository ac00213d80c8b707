import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { paths } from '#local/setup/paths.ts';

interface ParquetField {
  readonly name: string;
  readonly primitiveType: string;
  readonly originalType?: string;
}

interface ParquetjsReader {
  readonly schema: { readonly fieldList: readonly ParquetField[] };
  getRowCount(): { valueOf(): number };
  close(): Promise<void>;
}

/** parquetjs has no types. */
async function openWithParquetjs(path: string): Promise<ParquetjsReader> {
  const module: string = 'parquetjs';
  const { default: parquet } = await import(module);
  return parquet.ParquetReader.openFile(path);
}

/**
 * What parquetjs, which shares no code with DuckDB, reads in a file's footer. Values it cannot
 * read: of compressed pages it knows only those of version 2, and no decimals.
 */
export async function describeWithParquetjs(path: string) {
  const reader = await openWithParquetjs(path);
  const rows = Number(reader.getRowCount());
  const columns = Object.fromEntries(
    reader.schema.fieldList.map(({ name, primitiveType, originalType }) => [
      name,
      [primitiveType, originalType],
    ]),
  );
  await reader.close();
  return { rows, columns };
}

const PYARROW = `
import decimal, json, sys
import pyarrow as pa
import pyarrow.parquet as pq

def text(value):
    if isinstance(value, decimal.Decimal):
        return format(value, 'f')
    return None if value is None else str(value)

table = pq.read_table(sys.argv[1], partitioning=None)
types = {field.name: str(field.type) for field in table.schema}
names = table.column_names
columns = []
for name in names:
    column = table.column(name)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    elif pa.types.is_binary(column.type):
        column = pa.array([None if v is None else v.hex() for v in column.to_pylist()])
    columns.append([text(v) for v in column.to_pylist()])
rows = [dict(zip(names, values)) for values in zip(*columns)]
print(json.dumps({"types": types, "rows": rows}))
`;

interface ArrowContent {
  readonly types: Readonly<Record<string, string>>;
  /** Every value as text; timestamps as their integers. */
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

/** A Parquet file by Arrow's own reader. */
export function readWithPyarrow(path: string): ArrowContent {
  const output = execFileSync(paths.venvPython, ['-c', PYARROW, path], { encoding: 'utf8' });
  return JSON.parse(output) as ArrowContent;
}

export interface SparkContent {
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly string[];
  readonly checksum: string;
}

/** What Spark reads of bronze files, by the code of the jobs. */
export function readWithSpark(sets: readonly object[]): SparkContent[] {
  const folder = mkdtempSync(join(tmpdir(), 'spark-bronze-'));
  const documents = sets.map((set, index) => {
    const path = join(folder, `${index}.json`);
    writeFileSync(path, JSON.stringify(set));
    return path;
  });
  const script = join(paths.root, 'test', 'helpers', 'spark_bronze.py');
  const output = execFileSync(paths.venvPython, [script, ...documents], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: join(paths.root, 'glue-scripts') },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as SparkContent[];
}

/** Rows a DuckDB query gives, values as JSON or text; one connection for the whole test file. */
export async function openDuckdbReader() {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return async (sql: string): Promise<Record<string, unknown>[]> => {
    const result = await connection.runAndReadAll(sql);
    return result.getRowObjectsJson() as Record<string, unknown>[];
  };
}

import { existsSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { TerminalError } from '#src/errors.ts';
import { duckdbText, quoteName } from '#src/model/sql-text.ts';
import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { loadPipeline } from './pipeline-file.ts';
import { openSnowflake, type SnowflakeSession } from './snowflake-connection.ts';

const ROWS_PER_STATEMENT = 20_000;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `CustomerID` and `Unit Price` become CUSTOMERID and UNIT_PRICE. */
const columnName = (header: string): string =>
  header
    .trim()
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_$]/g, '_');

interface CsvSource {
  readonly table: string;
  readonly file: string;
  readonly timestampColumn: string | undefined;
}

interface Csv {
  readonly headers: readonly string[];
  readonly columns: readonly string[];
}

function sourceOf({ args, options }: Invocation): CsvSource {
  const [table] = args;
  if (table === undefined || !NAME.test(table)) {
    throw new UsageError(
      `Cannot load into ${table ?? 'nothing'}: expected a table name such as online_retail.`,
    );
  }
  const { csv } = options;
  if (typeof csv !== 'string' || !existsSync(csv)) {
    throw new UsageError(
      `Cannot load ${table}: ${csv === undefined ? 'no file was given' : `there is no file ${csv}`}. Give --csv FILE.`,
    );
  }
  const timestampColumn = options['timestamp-column'];
  return {
    table,
    file: csv,
    timestampColumn: timestampColumn === undefined ? undefined : String(timestampColumn),
  };
}

/** Numbers the records of the file in a table of DuckDB's own; every value stays the text it is. */
async function stageCsv(
  duckdb: DuckDBConnection,
  { file, timestampColumn }: CsvSource,
): Promise<Csv> {
  await duckdb.run(
    `CREATE TABLE csv AS SELECT row_number() OVER () AS _line, * FROM read_csv(${duckdbText(file)}, header = true, all_varchar = true, strict_mode = true)`,
  );
  const described = await duckdb.runAndReadAll('SELECT * FROM csv LIMIT 0');
  const headers = described.columnNames().slice(1);
  const columns = headers.map(columnName);
  const repeated = columns.find((name, at) => columns.indexOf(name) < at);
  if (repeated !== undefined) {
    throw new TerminalError(
      `Cannot load ${file}: two of its columns are called ${repeated}. Rename one in the header.`,
      {
        code: 'SCHEMA_DRIFT',
      },
    );
  }
  if (timestampColumn !== undefined) await checkTimestamps(duckdb, headers, file, timestampColumn);
  return { headers, columns };
}

async function checkTimestamps(
  duckdb: DuckDBConnection,
  headers: readonly string[],
  file: string,
  name: string,
) {
  const header = headers.find((candidate) => columnName(candidate) === columnName(name));
  if (header === undefined) {
    throw new UsageError(
      `Cannot load ${file}: it has no column ${name}, only ${headers.join(', ')}.`,
    );
  }
  const column = quoteName(header);
  const bad = await duckdb.runAndReadAll(
    `SELECT min(_line), count(*) FROM csv WHERE ${column} IS NOT NULL AND TRY_CAST(${column} AS TIMESTAMP) IS NULL`,
  );
  const [line, count] = bad.getRowsJson()[0] ?? [];
  if (Number(count) > 0) {
    throw new TerminalError(
      `Cannot load ${file}: ${count} values of ${name} are no timestamps, the first in line ${line}. Load it without --timestamp-column, or correct the file.`,
      { code: 'SCHEMA_DRIFT', details: { line, count } },
    );
  }
}

function createTableSql({ table, timestampColumn }: CsvSource, { columns }: Csv): string {
  const timestamp = timestampColumn === undefined ? undefined : columnName(timestampColumn);
  const definitions = columns.map(
    (name) => `${quoteName(name)} ${name === timestamp ? 'TIMESTAMP_NTZ(9)' : 'VARCHAR'}`,
  );
  return `create or replace table ${table} (_LINE NUMBER(38,0) not null primary key, ${definitions.join(', ')})`;
}

async function insertRows(
  snowflake: SnowflakeSession,
  duckdb: DuckDBConnection,
  source: CsvSource,
  csv: Csv,
  say: Invocation['say'],
) {
  const names = ['_LINE', ...csv.columns.map(quoteName)];
  const insert = `insert into ${source.table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
  const result = await duckdb.stream('SELECT * FROM csv ORDER BY _line');
  let loaded = 0;
  let batch: (string | null)[][] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    await snowflake.execute(insert, batch);
    loaded += batch.length;
    batch = [];
    say(`  ${loaded.toLocaleString('en')} rows loaded`);
  };
  for await (const rows of result.yieldRowsJson()) {
    for (const row of rows) batch.push(row.map((value) => (value === null ? null : String(value))));
    if (batch.length >= ROWS_PER_STATEMENT) await flush();
  }
  await flush();
  return loaded;
}

async function run(invocation: Invocation): Promise<Outcome> {
  const source = sourceOf(invocation);
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const { document } = loadPipeline(invocation.shared.pipeline);
  const snowflake = await openSnowflake(invocation.shared, document.snowflake);
  try {
    const csv = await stageCsv(duckdb, source);
    await snowflake.execute(createTableSql(source, csv));
    const rows = await insertRows(snowflake, duckdb, source, csv, invocation.say);
    const table = source.table.toUpperCase();
    return {
      document: { table, rows, columns: ['_LINE', ...csv.columns] },
      text: `loaded ${rows} rows into ${table}`,
    };
  } finally {
    await snowflake.close();
    duckdb.closeSync();
  }
}

export const loadCommand: Command = {
  name: 'load',
  summary:
    'A CSV, plain or gzip, into Snowflake as a source table; _LINE, the number of the line, is its key',
  usage: '<table> --csv FILE [--timestamp-column C]',
  example: 'snowmelt load online_retail --csv online_retail.csv.gz --timestamp-column InvoiceDate',
  options: { csv: { type: 'string' }, 'timestamp-column': { type: 'string' } },
  run,
};

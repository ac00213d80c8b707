import { quote } from '../../catalog/names.ts';
import { writtenCodec } from '../../copy/compression.ts';
import { csvLine } from '../../copy/csv-line.ts';
import { type FileFormat, flagOf, textOf } from '../../copy/file-format.ts';
import { parquetValues } from '../../copy/unload-types.ts';
import { type WrittenFile, writeParquet } from '../../copy/write-parquet.ts';
import { writeText } from '../../copy/write-text.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import type { ScopeColumn } from '../../sql/scope.ts';
import { isSemiStructured } from '../../sql/types/names.ts';
import { SnowflakeError } from '../../statement.ts';
import type { StoreConnection } from '../../storage/connection.ts';
import type { Unload } from './copy-unload.ts';

/** Reading goes by what a Parquet file says itself; written are snappy and nothing. */
function isSnappy(format: FileFormat): boolean {
  const compression = textOf(format, 'COMPRESSION');
  if (!/^(?:AUTO|SNAPPY|NONE)$/.test(compression)) {
    throw unsupported(`unloading Parquet with COMPRESSION = ${compression}`);
  }
  return compression !== 'NONE' && flagOf(format, 'SNAPPY_COMPRESSION');
}

/** `.snappy.parquet`, `.csv.gz`: what the names of unloaded files end in. */
export function extensionOf(format: FileFormat): string {
  const own = textOf(format, 'FILE_EXTENSION');
  if (own !== 'NONE') return `.${own.replace(/^\./, '')}`;
  if (format.type === 'PARQUET') return isSnappy(format) ? '.snappy.parquet' : '.parquet';
  return `.${format.type.toLowerCase()}${writtenCodec(textOf(format, 'COMPRESSION')).suffix}`;
}

/**
 * Writes rows to files of a folder; no rows make no file. `rows` is a query in brackets whose first
 * columns are those of the unload.
 */
export async function writeFiles(
  unload: Unload,
  connection: StoreConnection,
  rows: string,
  folder: string,
): Promise<WrittenFile[]> {
  const { copy, format } = unload;
  const maxFileSize = copy.isSingle ? undefined : copy.maxFileSize;
  const files =
    format.type === 'PARQUET'
      ? await writeColumns(unload, connection, rows, folder, maxFileSize)
      : await writeLines(unload, connection, rows, folder, maxFileSize);
  const [first] = files;
  if (copy.isSingle && first && first.sizeBytes > copy.maxFileSize) {
    throw tooLarge(first.sizeBytes, copy.maxFileSize);
  }
  return files;
}

function tooLarge(size: number, limit: number): SnowflakeError {
  return new SnowflakeError(
    '001757',
    '22000',
    `Max file size (${limit}) exceeded for unload single file mode: ${size} bytes. ` +
      'Consider increasing MAX_FILE_SIZE or disabling single mode.',
  );
}

/** Rows as a table whose columns have the names of the query. */
function relationOf({ query }: Unload, rows: string): string {
  const names = query.columns.map(({ name }) => quote(name));
  return `${rows} AS _sf_rows(${names.join(', ')})`;
}

async function writeColumns(
  unload: Unload,
  connection: StoreConnection,
  rows: string,
  folder: string,
  maxFileSize: number | undefined,
): Promise<WrittenFile[]> {
  const { session, statement, query, copy, format } = unload;
  const isOptimized = session.parameters.get('ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION') === true;
  const table = `temp.main.${quote(`_sf_values_${statement.queryId}`)}`;
  const names = query.columns.map(({ name }, at) => (copy.hasHeader ? name : `_COL_${at}`));
  const select = (values: readonly string[], from: string) =>
    `SELECT ${values.map((value, at) => `${value} AS ${quote(names[at] ?? '')}`).join(', ')} FROM ${from}`;
  const options = { isCompressed: isSnappy(format), maxFileSize };
  if (!isOptimized) {
    const relation = relationOf(unload, rows);
    const values = await parquetValues(connection, relation, query.columns, false);
    return writeParquet(connection, select(values, relation), folder, options);
  }
  try {
    await connection.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM ${relationOf(unload, rows)}`);
    const values = await parquetValues(connection, table, query.columns, true);
    return await writeParquet(connection, select(values, table), folder, options);
  } finally {
    await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  DATE: 'DATE_FORMAT',
  TIME: 'TIME_FORMAT',
  TIMESTAMP_NTZ: 'TIMESTAMP_FORMAT',
  TIMESTAMP_LTZ: 'TIMESTAMP_FORMAT',
  TIMESTAMP_TZ: 'TIMESTAMP_FORMAT',
};

/** The text of a column's values, as an expression in Snowflake's dialect. */
function textExpression({ name, type }: ScopeColumn, format: FileFormat): string {
  const own = FORMATS[type.name];
  const pattern = own === undefined ? 'AUTO' : textOf(format, own);
  const argument = pattern === 'AUTO' ? '' : `, '${pattern.replaceAll("'", "''")}'`;
  if (type.name === 'BINARY')
    return `TO_VARCHAR(${quote(name)}, '${textOf(format, 'BINARY_FORMAT')}')`;
  return `TO_VARCHAR(${quote(name)}${argument})`;
}

/** DuckDB query of one text a row: its cells as a JSON array, or the JSON value itself. */
function linesSql(unload: Unload, rows: string): string {
  const { session, scope, query, format } = unload;
  if (format.type === 'JSON') {
    return `SELECT CAST(${quote(query.columns[0]?.name ?? '')} AS VARCHAR) FROM ${relationOf(unload, rows)}`;
  }
  const row = { duckdbName: '_sf_rows', columns: query.columns };
  const cells = query.columns.map(
    (column) =>
      session.engine.translator.translateExpression(textExpression(column, format), scope, { row })
        .sql,
  );
  return `SELECT CAST(json_array(${cells.join(', ')}) AS VARCHAR) FROM ${relationOf(unload, rows)}`;
}

async function writeLines(
  unload: Unload,
  connection: StoreConnection,
  rows: string,
  folder: string,
  maxFileSize: number | undefined,
): Promise<WrittenFile[]> {
  const { query, copy, format } = unload;
  const [first] = query.columns;
  if (
    format.type === 'JSON' &&
    (query.columns.length !== 1 || !isSemiStructured(first?.type ?? null))
  ) {
    throw compilationError(
      '002019',
      '0A000',
      'JSON file format can produce one and only one column of type variant, object or array. ' +
        'Use CSV file format if you want to unload more than one column.',
    );
  }
  const compression = textOf(format, 'COMPRESSION');
  const isNumber = query.columns.map(({ type }) => /^(?:NUMBER|FLOAT|BOOLEAN)$/.test(type.name));
  const toLine = format.type === 'CSV' ? csvLine(format, isNumber) : undefined;
  const header =
    toLine && copy.hasHeader
      ? csvLine(
          format,
          query.columns.map(() => false),
        )(query.columns.map(({ name }) => name))
      : '';
  const end = toLine ? '' : '\n';
  async function* lines(): AsyncGenerator<string[]> {
    for await (const batch of connection.texts(linesSql(unload, rows))) {
      unload.statement.signal?.throwIfAborted();
      yield batch.map((text) => (toLine ? toLine(JSON.parse(text)) : `${text ?? 'null'}${end}`));
    }
  }
  return writeText(lines(), folder, {
    header,
    compress: writtenCodec(compression).compress,
    isCompressed: compression !== 'NONE',
    maxFileSize,
  });
}

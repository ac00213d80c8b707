import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quote, quoteText } from '../../catalog/names.ts';
import type { FileFormat } from '../../copy/file-format.ts';
import { refuseUnwritable } from '../../copy/unload-types.ts';
import { unloadedName } from '../../copy/unloaded-name.ts';
import type { WrittenFile } from '../../copy/write-parquet.ts';
import type { ScopeColumn, Translated } from '../../sql/scope.ts';
import { numberType, textType } from '../../sql/types/names.ts';
import { SnowflakeError } from '../../statement.ts';
import type { StoreConnection } from '../../storage/connection.ts';
import { encodeQuery } from '../../storage/encode-result.ts';
import { consumeStreams } from '../../stream/consume-streams.ts';
import {
  type Answer,
  answerColumns,
  answerRows,
  type Handler,
  STATEMENT_TYPE,
  type Statement,
} from '../answer.ts';
import { writeOptions } from '../change-catalog.ts';
import { type CopyUnload, parseCopyUnload } from '../parse/copy-unload.ts';
import { prepareRelations } from '../prepare-relations.ts';
import { resolveFormat } from '../resolve-format.ts';
import { type Location, resolveLocation } from '../resolve-location.ts';
import { StatementScope } from '../scope.ts';
import type { SessionState } from '../session-state.ts';
import { requireWarehouse } from './query.ts';
import { extensionOf, writeFiles } from './write-unload.ts';

const count = (name: string): ScopeColumn => ({ name, type: numberType(38, 0), nullable: false });

const TOTALS = ['rows_unloaded', 'input_bytes', 'output_bytes'].map(count);
const DETAILS: readonly ScopeColumn[] = [
  { name: 'FILE_NAME', type: textType(16_777_216), nullable: false },
  count('FILE_SIZE'),
  count('ROW_COUNT'),
];

interface Named extends WrittenFile {
  readonly name: string;
}

/** One unload on its way. */
export interface Unload {
  readonly session: SessionState;
  readonly statement: Statement;
  readonly scope: StatementScope;
  readonly copy: CopyUnload;
  readonly format: FileFormat;
  readonly query: Translated;
}

/** COPY INTO <location>: writes the rows of a table or query to files of a stage. */
export const copyUnload: Handler = async (session, statement) => {
  const copy = parseCopyUnload(statement.reader);
  const location = resolveLocation(session, copy.location, copy.access);
  const format = resolveFormat(session, copy.format, location.format);
  const scope = new StatementScope(session, { now: statement.now });
  const answered = await session.transaction.read(async (connection) => {
    await prepareRelations(session, { ...statement, sql: copy.query }, scope, connection);
    const query = session.engine.translator.translateQuery(copy.query, scope);
    if (format.type === 'PARQUET') refuseUnwritable(query.columns);
    requireWarehouse(session, scope);
    await scope.prepare(connection);
    if (copy.isValidation) return validated(session, statement, connection, query);
    const columns = copy.isDetailed ? DETAILS : TOTALS;
    if (statement.describeOnly) return answerColumns(STATEMENT_TYPE.unload, columns);
    const unload = { session, statement, scope, copy, format, query };
    return run(unload, location, connection);
  });
  if (scope.streams.size > 0 && !copy.isValidation && !statement.describeOnly) {
    await session.transaction.write(writeOptions(session, statement), (work) =>
      consumeStreams(session, statement, work, scope.streams),
    );
  }
  return answered;
};

/** VALIDATION_MODE = RETURN_ROWS: the rows that would be written. */
async function validated(
  session: SessionState,
  { queryId, describeOnly }: Statement,
  connection: StoreConnection,
  query: Translated,
): Promise<Answer> {
  const statementTypeId = STATEMENT_TYPE.select;
  if (describeOnly) return answerColumns(statementTypeId, query.columns);
  const result = await encodeQuery(connection, session.engine.results, query, queryId);
  return { statementTypeId, result };
}

async function run(
  unload: Unload,
  location: Location,
  connection: StoreConnection,
): Promise<Answer> {
  const { session, statement } = unload;
  const scratch = session.engine.stages.scratchFolder(statement.queryId);
  try {
    const files = await writeAll(unload, location, connection, scratch);
    await upload(unload, location, files);
    return answer(unload, files);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeAll(
  unload: Unload,
  location: Location,
  connection: StoreConnection,
  scratch: string,
): Promise<Named[]> {
  const { copy, format, statement } = unload;
  const naming = {
    path: location.path,
    isSingle: copy.isSingle,
    queryId: copy.includeQueryId ? statement.queryId : null,
    extension: extensionOf(format),
  };
  const name = (files: readonly WrittenFile[], partition: string | null): Named[] =>
    files.map((file, index) => ({ ...file, name: unloadedName(naming, index, partition) }));
  if (copy.partitionBy === null) {
    return name(await writeFiles(unload, connection, `(${unload.query.sql})`, scratch), null);
  }
  const table = `temp.main.${quote(`_sf_unload_${statement.queryId}`)}`;
  const named: Named[] = [];
  try {
    const partitions = await partition(unload, connection, table, copy.partitionBy);
    for (const [index, value] of partitions.entries()) {
      const rows = `(SELECT * FROM ${table} WHERE _sf_partition = ${quoteText(value)})`;
      const files = await writeFiles(unload, connection, rows, join(scratch, String(index)));
      named.push(...name(files, value));
    }
  } finally {
    await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
  return named;
}

/** Puts the rows and their partition into a temporary table; answers the partitions. */
async function partition(
  { session, scope, query }: Unload,
  connection: StoreConnection,
  table: string,
  expression: string,
): Promise<string[]> {
  const row = { duckdbName: '_sf_row', columns: query.columns };
  const target = textType(16_777_216);
  const { sql } = session.engine.translator.translateExpression(expression, scope, { row, target });
  const names = query.columns.map((column) => quote(column.name)).join(', ');
  const rows = `(${query.sql}) AS _sf_row(${names})`;
  await connection.run(
    `CREATE TEMP TABLE ${table} AS SELECT *, COALESCE(${sql}, '__NULL__') AS _sf_partition FROM ${rows}`,
  );
  const found = await connection.rows(
    `SELECT DISTINCT _sf_partition AS p FROM ${table} ORDER BY p`,
  );
  return found.map(({ p }) => String(p));
}

/** 001030: OVERWRITE is off and a file of the name is there. */
function alreadyThere(label: string, name: string): SnowflakeError {
  return new SnowflakeError(
    '001030',
    '22000',
    `Files already existing at the unload destination: ${label}${name}. ` +
      'Use overwrite option to force unloading.',
  );
}

/** All files or none: what was put before a failure is taken away again. */
async function upload(unload: Unload, location: Location, files: readonly Named[]): Promise<void> {
  const { isOverwriting } = unload.copy;
  const { store, label } = location;
  for (const { name } of files) {
    if (!isOverwriting && (await store.exists(name))) throw alreadyThere(label, name);
  }
  const done: string[] = [];
  try {
    for (const { name, path } of files) {
      unload.statement.signal?.throwIfAborted();
      await store.put(name, path);
      done.push(name);
      await rm(path, { force: true });
    }
  } catch (error) {
    if (!isOverwriting) for (const name of done) await store.remove(name).catch(() => undefined);
    throw error;
  }
}

function answer({ session, statement, copy }: Unload, files: readonly Named[]): Answer {
  const sum = (size: (file: Named) => number) =>
    String(files.reduce((total, file) => total + size(file), 0));
  const rows = copy.isDetailed
    ? files.map(({ name, sizeBytes, rowCount }) => [name, String(sizeBytes), String(rowCount)])
    : [
        [
          sum(({ rowCount }) => rowCount),
          sum(({ rawBytes }) => rawBytes),
          sum(({ sizeBytes }) => sizeBytes),
        ],
      ];
  const columns = copy.isDetailed ? DETAILS : TOTALS;
  return answerRows(session, statement, STATEMENT_TYPE.unload, columns, rows);
}

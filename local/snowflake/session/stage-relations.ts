import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quote, quoteText, temporaryName } from '../catalog/names.ts';
import { chooseFiles } from '../copy/choose-files.ts';
import type { FileFormat } from '../copy/file-format.ts';
import { relationSql, stageColumns } from '../copy/stage-relation.ts';
import { STAGED, stageRows } from '../copy/stage-rows.ts';
import type { RecordError } from '../copy/staged-row.ts';
import { unsupported } from '../sql/errors.ts';
import { type StageReference, selectsAll, stageReference } from '../sql/syntax/stage-reference.ts';
import { type Token, tokenize } from '../sql/tokenize.ts';
import type { StagedFile } from '../stage/stage-store.ts';
import { SnowflakeError } from '../statement.ts';
import type { StoreConnection } from '../storage/connection.ts';
import { duckdbType } from '../types.ts';
import type { Statement } from './answer.ts';
import { highestPosition } from './copy/load-expressions.ts';
import { withLoader } from './copy/with-loader.ts';
import { readFormatClause } from './parse/file-format.ts';
import { parseLocation } from './parse/location.ts';
import { Properties } from './parse/properties.ts';
import { TokenReader } from './parse/token-reader.ts';
import { resolveFormat } from './resolve-format.ts';
import { type Location, resolveLocation } from './resolve-location.ts';
import type { StatementScope } from './scope.ts';
import type { SessionState } from './session-state.ts';
import type { Work } from './transaction.ts';

function referencesOf(sql: string): StageReference[] {
  if (!sql.includes('@')) return [];
  const tokens = tokenize(sql);
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'stage') return [];
    refuseStar(tokens, at);
    return [stageReference(tokens, at, sql)];
  });
}

function refuseStar(tokens: readonly Token[], at: number): void {
  if (selectsAll(tokens, at)) throw unsupported('SELECT * FROM a stage: name $1, $2, …');
}

/** One stage that a query reads. */
interface StageScan {
  readonly session: SessionState;
  readonly statement: Statement;
  readonly location: Location;
  readonly format: FileFormat;
  readonly pattern: string | null;
  readonly width: number;
  readonly loader: StoreConnection;
  readonly scratch: string;
}

/**
 * Reads the stages that a statement names in FROM, and offers each to the scope as a relation. The
 * rows wait in Parquet files, so that a transaction can run the statement again.
 * https://docs.snowflake.com/en/user-guide/querying-stage
 */
export async function prepareStages(
  session: SessionState,
  statement: Statement,
  scope: StatementScope,
  work: Pick<Work, 'run'>,
): Promise<void> {
  const references = referencesOf(statement.sql);
  if (references.length === 0) return;
  await withLoader(session, statement, async (loader) => {
    for (const [index, reference] of references.entries()) {
      const scan = scanOf(session, statement, loader, reference, index);
      const paths = await scanFiles(scan);
      const columns = stageColumns(scan.format.type, scan.width);
      const duckdbName = temporaryName({ database: '_SF', schema: 'STAGE', name: String(index) });
      await work.run(`CREATE OR REPLACE TEMP VIEW ${duckdbName} AS ${viewSql(columns, paths)}`);
      scope.offerStage(reference.name, { duckdbName, columns });
    }
  });
}

function scanOf(
  session: SessionState,
  statement: Statement,
  loader: StoreConnection,
  reference: StageReference,
  index: number,
): StageScan {
  const location = resolveLocation(session, parseLocation(reference.location));
  const options = Properties.read(new TokenReader(reference.options));
  const format = resolveFormat(session, readFormatClause(options), location.format);
  const pattern = options.text('PATTERN') ?? null;
  options.refuseRest('stage in FROM');
  const folder = session.engine.stages.scratchFolder(statement.queryId);
  session.scratch.add(folder);
  const scratch = join(folder, `stage-${index}`);
  const width = highestPosition(statement.sql);
  return { session, statement, location, format, pattern, width, loader, scratch };
}

function viewSql(columns: ReturnType<typeof stageColumns>, paths: readonly string[]): string {
  const cells = columns.map(({ name, type }) => {
    const value = paths.length > 0 ? quote(name) : 'NULL';
    return `CAST(${value} AS ${duckdbType(type)}) AS ${quote(name)}`;
  });
  const from =
    paths.length > 0 ? `FROM read_parquet([${paths.map(quoteText).join(', ')}])` : 'WHERE FALSE';
  return `SELECT ${cells.join(', ')} ${from}`;
}

async function scanFiles(scan: StageScan): Promise<string[]> {
  const { path, keyPrefix, store } = scan.location;
  const { pattern } = scan;
  const { found } = await chooseFiles(store, { path, keyPrefix, files: null, pattern });
  const paths: string[] = [];
  for (const file of found) {
    scan.statement.signal?.throwIfAborted();
    paths.push(await scanFile(scan, file, paths.length));
  }
  return paths;
}

async function scanFile(scan: StageScan, file: StagedFile, index: number): Promise<string> {
  const { loader, format, width, scratch, location, statement } = scan;
  const { signal } = statement;
  const local = await location.store.fetch(file.name, scratch);
  await stageRows(
    loader,
    { path: local, name: file.name },
    { format, width, scratch, shape: {}, signal },
  );
  await refuseErrors(loader, location.label + file.name);
  const fileName = location.keyPrefix + file.name;
  const rows = relationSql(STAGED, {
    type: format.type,
    width,
    file,
    fileName,
    now: statement.now,
  });
  const path = join(scratch, `${index}.parquet`);
  await loader.run(`COPY (${rows} ORDER BY _sf_row) TO ${quoteText(path)} (FORMAT parquet)`);
  await rm(join(scratch, 'object'), { force: true });
  return path;
}

/** A query over a stage has no ON_ERROR: the first record that cannot be read ends it. */
async function refuseErrors(loader: StoreConnection, shownName: string): Promise<void> {
  const [bad] = await loader.rows(
    `SELECT _sf_error, _sf_line FROM ${STAGED} WHERE _sf_error IS NOT NULL ORDER BY _sf_row LIMIT 1`,
  );
  if (!bad) return;
  const { code, sqlState, message } = JSON.parse(String(bad._sf_error)) as RecordError;
  throw new SnowflakeError(
    code,
    sqlState,
    `${message}\n  File '${shownName}', line ${bad._sf_line}`,
  );
}

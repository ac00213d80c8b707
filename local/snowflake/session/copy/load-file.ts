import { join } from 'node:path';
import { quote, quoteText } from '../../catalog/names.ts';
import type { FileFormat } from '../../copy/file-format.ts';
import type { FileOutcome, FirstError, LoadStatus } from '../../copy/load-history.ts';
import { type RelationOf, relationSql } from '../../copy/stage-relation.ts';
import { STAGED, stageRows } from '../../copy/stage-rows.ts';
import type { RecordError } from '../../copy/staged-row.ts';
import { unsupported } from '../../sql/errors.ts';
import type { StagedFile } from '../../stage/stage-store.ts';
import { SnowflakeError } from '../../statement.ts';
import type { StoreConnection } from '../../storage/connection.ts';
import type { CopyLoad, OnError } from '../parse/copy-load.ts';
import type { LoadPlan } from './load-expressions.ts';

/** What loading one file needs. */
export interface FileLoad {
  /** A connection of its own: an error in a file leaves the session's transaction alone. */
  readonly loader: StoreConnection;
  readonly copy: CopyLoad;
  readonly format: FileFormat;
  readonly file: StagedFile;
  /** The file on this machine. */
  readonly path: string;
  /** The file as the answer of COPY names it. */
  readonly shownName: string;
  readonly fileName: string;
  readonly tableName: string;
  readonly now: Date;
  readonly signal: AbortSignal | undefined;
  readonly scratch: string;
  /** Number of the file in the statement. */
  readonly index: number;
  readonly header: (names: readonly string[]) => readonly (number | undefined)[];
  /** The plan once the records are there, whose keys it may need. */
  readonly plan: (keys: readonly string[]) => LoadPlan;
  /** Staged columns, and fields of a record, before the records are there. */
  readonly shape: { readonly width: number; readonly fieldCount?: number };
}

export interface LoadedFile {
  readonly outcome: FileOutcome;
  readonly plan: LoadPlan;
  /** Parquet file with the rows to insert; null when there are none. */
  readonly rows: string | null;
}

/**
 * In TRY, which takes no function that DuckDB calls volatile as it does `error`, errors of ours are
 * raised by a cast. It gives a NULL of no type, which fits every branch of a CASE, and is no CASE
 * itself: the optimizer would raise a constant message before the first row.
 */
const QUIET_ERRORS =
  'CREATE OR REPLACE TEMP MACRO error(_sf_m) AS list_extract([NULL], CAST(_sf_m AS INTEGER))';
const TYPED = 'temp.main._sf_typed';

function relationOf({ format, file, fileName, now }: FileLoad, width: number): RelationOf {
  return { type: format.type, width, file, fileName, now };
}

/**
 * Converts every record that can be converted. DuckDB takes an expression that two columns share
 * out of TRY, where its error ends the statement; then it is run again with such expressions kept
 * apart, which takes longer.
 */
async function convert(load: FileLoad, { expressions, width }: LoadPlan): Promise<void> {
  const { loader, signal } = load;
  signal?.throwIfAborted();
  const fields = expressions.map((sql, at) => `'c${at}': ${sql}`).join(', ');
  const source = relationSql(STAGED, relationOf(load, width));
  const sql =
    `CREATE OR REPLACE TEMP TABLE ${TYPED} AS SELECT _sf_row, _sf_line, _sf_error, ` +
    `TRY(CASE WHEN _sf_error IS NULL THEN {${fields}} END) AS _sf_v FROM (${source})`;
  await loader.run(QUIET_ERRORS);
  try {
    await loader.run(sql);
  } catch (error) {
    if (/volatile function/.test((error as Error).message)) {
      throw unsupported('random values and sequences in a COPY transformation');
    }
    signal?.throwIfAborted();
    await loader.run("SET disabled_optimizers = 'common_subexpressions'");
    await loader.run(sql);
  } finally {
    await loader.run("SET disabled_optimizers = ''");
    await loader.run('DROP MACRO temp.error');
  }
}

interface Counts {
  readonly parsed: number;
  readonly good: number;
  /** Records that were read and could not be converted. */
  readonly unconverted: number;
  readonly firstBad: number | null;
}

async function count(loader: StoreConnection): Promise<Counts> {
  const [row = {}] = await loader.rows(
    `SELECT count(*) AS parsed, count(_sf_v) AS good, min(_sf_row) FILTER (_sf_v IS NULL) AS bad, ` +
      `count(*) FILTER (_sf_v IS NULL AND _sf_error IS NULL) AS unconverted FROM ${TYPED}`,
  );
  return {
    parsed: Number(row.parsed),
    good: Number(row.good),
    unconverted: Number(row.unconverted),
    firstBad: row.bad === null || row.bad === undefined ? null : Number(row.bad),
  };
}

interface Failure extends FirstError {
  readonly code: string;
  readonly sqlState: string;
  readonly row: number;
}

/** Why a record failed: what its reader said, or the first column that cannot be converted. */
async function failureOf(load: FileLoad, plan: LoadPlan, row: number): Promise<Failure> {
  const { loader, tableName } = load;
  const [record = {}] = await loader.rows(
    `SELECT _sf_line, _sf_error FROM ${STAGED} WHERE _sf_row = ${row}`,
  );
  const line = Number(record._sf_line);
  if (record._sf_error) {
    const error = JSON.parse(String(record._sf_error)) as RecordError;
    return { ...error, line, row, column: null };
  }
  const source = relationSql(STAGED, relationOf(load, plan.width));
  for (const [at, sql] of plan.expressions.entries()) {
    const problem = await loader
      .rows(`SELECT ${sql} AS v FROM (${source}) WHERE _sf_row = ${row}`)
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    if (!(problem instanceof SnowflakeError)) continue;
    const { code, sqlState, message } = problem;
    const column = `"${tableName}"["${plan.targets[at]?.name}":${at + 1}]`;
    return { code, sqlState, message, line, row, column, character: null };
  }
  const message = 'Record could not be converted';
  return { code: '100132', sqlState: '22000', message, line, row, column: null, character: null };
}

const ADVICE =
  "If you would like to continue loading when an error is encountered, use other values such as 'SKIP_FILE' " +
  "or 'CONTINUE' for the ON_ERROR option. For more information on loading options, please run 'info " +
  "loading_data' in a SQL client.";

function aborted(load: FileLoad, failure: Failure): SnowflakeError {
  const { message, line, character, row, column } = failure;
  const place = `File '${load.shownName}', line ${line}, character ${character ?? 1}`;
  const where = column === null ? `Row ${row}` : `Row ${row}, column ${column}`;
  const text = [message, `  ${place}`, `  ${where}`, `  ${ADVICE}`].join('\n');
  return new SnowflakeError(failure.code, failure.sqlState, text);
}

type Verdict = 'load' | 'skip' | 'abort';

/**
 * What becomes of a file with errors. JSON and Parquet know no CONTINUE for values that cannot be
 * converted. https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions
 */
export function judge(onError: OnError, format: FileFormat, counts: Counts): Verdict {
  const errors = counts.parsed - counts.good;
  if (errors === 0) return 'load';
  if (onError.kind === 'ABORT_STATEMENT') return 'abort';
  const skipsAtOnce = onError.kind === 'SKIP_FILE' && onError.count === 1 && !onError.isPercent;
  if (format.type !== 'CSV' && !skipsAtOnce) return counts.unconverted > 0 ? 'abort' : 'load';
  if (onError.kind === 'CONTINUE') return 'load';
  const isOver = onError.isPercent
    ? (errors * 100) / counts.parsed > onError.count
    : errors >= onError.count;
  return isOver ? 'skip' : 'load';
}

function errorLimit(onError: OnError, { parsed }: Counts): number {
  if (onError.kind === 'CONTINUE') return parsed;
  if (onError.kind === 'ABORT_STATEMENT') return 1;
  return onError.isPercent ? Math.ceil((parsed * onError.count) / 100) : onError.count;
}

function statusOf(verdict: Verdict, { parsed, good }: Counts): LoadStatus {
  if (verdict === 'skip' || (good === 0 && parsed > 0)) return 'LOAD_FAILED';
  return good < parsed ? 'PARTIALLY_LOADED' : 'LOADED';
}

/** Keys of the records, for columns matched by name. */
async function keysOf(load: FileLoad): Promise<string[]> {
  if (load.copy.match === null || load.format.type === 'CSV') return [];
  const rows = await load.loader.rows(
    `SELECT DISTINCT unnest(json_keys(CAST("$1" AS JSON))) AS k FROM ${STAGED} ` +
      `WHERE _sf_error IS NULL AND json_type("$1") = 'OBJECT' ORDER BY k`,
  );
  return rows.map(({ k }) => String(k));
}

async function stage(load: FileLoad): Promise<LoadPlan> {
  const { loader, path, file, format, scratch, copy, header, shape } = load;
  await stageRows(
    loader,
    { path, name: file.name },
    {
      format,
      width: shape.width,
      scratch,
      signal: load.signal,
      shape: {
        ...(shape.fieldCount === undefined ? {} : { fieldCount: shape.fieldCount }),
        ...(copy.match && format.type === 'CSV' ? { pick: header } : {}),
      },
    },
  );
  return load.plan(await keysOf(load));
}

/** Reads, converts and judges one file; its good rows wait in a Parquet file to be inserted. */
export async function loadFile(load: FileLoad): Promise<LoadedFile> {
  const plan = await stage(load);
  await convert(load, plan);
  const counts = await count(load.loader);
  const failure = counts.firstBad === null ? null : await failureOf(load, plan, counts.firstBad);
  load.signal?.throwIfAborted();
  const verdict = judge(load.copy.onError, load.format, counts);
  if (verdict === 'abort' && failure) throw aborted(load, failure);
  const isLoading = verdict === 'load' && counts.good > 0;
  const rows = isLoading ? await writeRows(load, plan) : null;
  const outcome: FileOutcome = {
    name: load.file.name,
    contentKey: load.file.contentKey,
    sizeBytes: load.file.sizeBytes,
    status: statusOf(verdict, counts),
    rowsParsed: counts.parsed,
    rowsLoaded: isLoading ? counts.good : 0,
    errorLimit: errorLimit(load.copy.onError, counts),
    errorsSeen: counts.parsed - counts.good,
    firstError: failure,
  };
  return { outcome, plan, rows };
}

async function writeRows({ loader, scratch, index }: FileLoad, plan: LoadPlan): Promise<string> {
  const path = join(scratch, `${index}.parquet`);
  const cells = plan.expressions.map((_, at) => `_sf_v."c${at}" AS ${quote(`c${at}`)}`);
  await loader.run(
    `COPY (SELECT ${cells.join(', ')} FROM ${TYPED} WHERE _sf_v IS NOT NULL ORDER BY _sf_row) ` +
      `TO ${quoteText(path)} (FORMAT parquet)`,
  );
  return path;
}

/** Every record of the file that cannot be loaded, for VALIDATION_MODE. */
export async function findFailures(load: FileLoad): Promise<readonly Failure[]> {
  const plan = await stage(load);
  await convert(load, plan);
  const rows = await load.loader.rows(
    `SELECT _sf_row AS r FROM ${TYPED} WHERE _sf_v IS NULL ORDER BY r`,
  );
  const failures: Failure[] = [];
  for (const { r } of rows) failures.push(await failureOf(load, plan, Number(r)));
  return failures;
}

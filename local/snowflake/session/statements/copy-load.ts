import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableObject } from '../../catalog/model.ts';
import { quote, quoteText } from '../../catalog/names.ts';
import { chooseFiles } from '../../copy/choose-files.ts';
import type { FileFormat } from '../../copy/file-format.ts';
import {
  forgetOldLoadsSql,
  historyKey,
  loadedFiles,
  noteLoadsSql,
} from '../../copy/load-history.ts';
import { missingFile } from '../../copy/stage-rows.ts';
import { unsupported } from '../../sql/errors.ts';
import type { StagedFile } from '../../stage/stage-store.ts';
import type { StoreConnection } from '../../storage/connection.ts';
import { duckdbType } from '../../types.ts';
import {
  type Answer,
  answerColumns,
  type Handler,
  STATEMENT_TYPE,
  type Statement,
} from '../answer.ts';
import { writeOptions } from '../change-catalog.ts';
import { answerLoads, answerProblems, LOAD_COLUMNS, type Problem } from '../copy/load-answer.ts';
import { planLoad, stagedShape } from '../copy/load-expressions.ts';
import { type FileLoad, findFailures, type LoadedFile, loadFile } from '../copy/load-file.ts';
import { withLoader } from '../copy/with-loader.ts';
import { type CopyLoad, parseCopyLoad } from '../parse/copy-load.ts';
import { resolveFormat } from '../resolve-format.ts';
import { type Location, resolveLocation } from '../resolve-location.ts';
import { physicalName, StatementScope } from '../scope.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { recordWrite } from '../table/record-write.ts';
import { clockSql } from '../table/table-columns.ts';
import type { Work } from '../transaction.ts';
import { isNumbered } from './dml.ts';
import { requireWarehouse } from './query.ts';

/** One COPY INTO <table> on its way. */
interface Load {
  readonly session: SessionState;
  readonly statement: Statement;
  readonly copy: CopyLoad;
  readonly table: TableObject;
  readonly location: Location;
  readonly format: FileFormat;
  readonly scope: StatementScope;
  readonly loader: StoreConnection;
  readonly scratch: string;
}

/** COPY INTO <table>: loads files of a stage that the table has not taken before. */
export const copyLoad: Handler = async (session, statement) => {
  const copy = parseCopyLoad(statement.reader);
  const table = session.findRelation(copy.table);
  if (!table) throw missingObject(session, 'Table', copy.table);
  if (table.kind !== 'TABLE') throw unsupported('COPY INTO a view');
  const location = resolveLocation(session, copy.location, copy.access);
  const format = resolveFormat(session, copy.format, location.format);
  const scope = new StatementScope(session, { now: statement.now });
  scope.relation(copy.table);
  requireWarehouse(session, scope);
  if (statement.describeOnly) return answerColumns(STATEMENT_TYPE.copy, LOAD_COLUMNS);
  const scratch = session.engine.stages.scratchFolder(statement.queryId);
  session.scratch.add(scratch);
  return withLoader(session, statement, (loader) => {
    const load = { session, statement, copy, table, location, format, scope, loader, scratch };
    return copy.validation === null ? write(load) : validate(load);
  });
};

async function write(load: Load): Promise<Answer> {
  const { session, statement, copy, table, location } = load;
  const { transaction, parameters } = session;
  if (parameters.get('AUTOCOMMIT') === false) transaction.begin();
  const options = { ...writeOptions(session, statement), isVolatile: isNumbered([table]) };
  const done = await transaction.write(options, async (work) => {
    const files = await newFiles(load, work);
    const loaded = await loadAll(load, files);
    await insert(load, work, loaded);
    return loaded.map(({ outcome }) => outcome);
  });
  if (copy.isPurging) {
    const taken = done.filter(({ status }) => status === 'LOADED');
    for (const { name } of taken) await location.store.remove(name).catch(() => undefined);
  }
  const shown = copy.isFailedOnly ? done.filter(({ status }) => status !== 'LOADED') : done;
  return answerLoads(session, statement, location.label, shown);
}

/** Files that the statement means; those the table has taken are left out, unless FORCE is on. */
async function newFiles(load: Load, read: Pick<Work, 'rows'>): Promise<StagedFile[]> {
  const { copy, table, location, statement } = load;
  const { path, keyPrefix, store, label } = location;
  const { files, pattern } = copy;
  const { found, missing } = await chooseFiles(store, { path, keyPrefix, files, pattern });
  if (missing.length > 0) throw missingFile(`${label}${path}${missing[0]}`);
  const place = { tableId: table.id, location: label };
  const taken = copy.isForced ? new Set() : await loadedFiles(read, place, statement.now);
  const left = found.filter(({ name, contentKey }) => !taken.has(historyKey(name, contentKey)));
  return withinLimit(left, copy.sizeLimit);
}

/** SIZE_LIMIT: files until their sizes exceed it, one at least. */
function withinLimit(files: readonly StagedFile[], limit: number | null): StagedFile[] {
  if (limit === null) return [...files];
  let bytes = 0;
  return files.filter(({ sizeBytes }) => {
    const isWithin = bytes <= limit;
    bytes += sizeBytes;
    return isWithin;
  });
}

async function fileLoad(load: Load, file: StagedFile, index: number): Promise<FileLoad> {
  const { session, statement, copy, table, location, format, scope, loader, scratch } = load;
  const planning = { session, scope, copy, format };
  statement.signal?.throwIfAborted();
  return {
    ...{ loader, copy, format, file, index },
    path: await location.store.fetch(file.name, scratch),
    shownName: location.label + file.name,
    fileName: location.keyPrefix + file.name,
    tableName: table.name,
    now: statement.now,
    signal: statement.signal,
    scratch,
    header: (names) => headerPlaces(copy, table, names),
    plan: (keys) => planLoad(planning, table.columns, keys),
    shape: stagedShape(copy, format, table.columns),
  };
}

/** Where the columns of the table stand in the header of a CSV file. */
function headerPlaces({ match, columns }: CopyLoad, table: TableObject, header: readonly string[]) {
  const fold = (name: string) => (match === 'CASE_SENSITIVE' ? name : name.toUpperCase());
  const places = new Map(header.map((name, at) => [fold(name), at]));
  const wanted = columns ?? table.columns.map(({ name }) => name);
  return wanted.map((name) => places.get(fold(name)));
}

async function loadAll(load: Load, files: readonly StagedFile[]): Promise<LoadedFile[]> {
  const loaded: LoadedFile[] = [];
  for (const [index, file] of files.entries()) {
    loaded.push(await loadFile(await fileLoad(load, file, index)));
    await rm(join(load.scratch, 'object'), { force: true });
  }
  return loaded;
}

async function insert(load: Load, work: Work, loaded: readonly LoadedFile[]): Promise<void> {
  const { session, statement, table, location } = load;
  const { now } = statement;
  if (loaded.length === 0) return;
  for (const sql of clockSql(now, String(session.parameters.get('TIMEZONE')))) await work.run(sql);
  const [first] = loaded;
  const paths = loaded.flatMap(({ rows }) => (rows === null ? [] : [quoteText(rows)]));
  if (first && paths.length > 0) {
    const { targets } = first.plan;
    const names = targets.map(({ name }) => quote(name));
    const cells = targets.map(({ type }, at) => `CAST("c${at}" AS ${duckdbType(type)})`);
    await work.run(
      `INSERT INTO ${physicalName(table)} (${names.join(', ')}) ` +
        `SELECT ${cells.join(', ')} FROM read_parquet([${paths.join(', ')}])`,
    );
    await recordWrite(session, statement, work, [table]);
  }
  const place = { tableId: table.id, location: location.label };
  const outcomes = loaded.map(({ outcome }) => outcome);
  await work.run(forgetOldLoadsSql(now));
  await work.run(noteLoadsSql(place, outcomes, now));
}

/** VALIDATION_MODE: the records that would fail, or the first rows when none does. */
async function validate(load: Load): Promise<Answer> {
  const { session, statement, copy, location } = load;
  const { path, keyPrefix, store, label } = location;
  const { files, pattern } = copy;
  const { found, missing } = await chooseFiles(store, { path, keyPrefix, files, pattern });
  if (missing.length > 0) throw missingFile(`${label}${path}${missing[0]}`);
  if (copy.validation?.kind === 'ROWS') throw unsupported('VALIDATION_MODE = RETURN_n_ROWS');
  const problems: Problem[] = [];
  for (const [index, file] of found.entries()) {
    const failures = await findFailures(await fileLoad(load, file, index));
    problems.push(...failures.map((failure) => ({ ...failure, file: label + file.name })));
  }
  return answerProblems(session, statement, problems);
}

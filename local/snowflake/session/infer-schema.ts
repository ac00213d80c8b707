import { join } from 'node:path';
import { quoteText, temporaryName } from '../catalog/names.ts';
import { chooseFiles } from '../copy/choose-files.ts';
import { type FileFormat, flagOf } from '../copy/file-format.ts';
import { missingFile } from '../copy/stage-rows.ts';
import { compilationError, unsupported } from '../sql/errors.ts';
import type { ScopeColumn } from '../sql/scope.ts';
import { tokenize } from '../sql/tokenize.ts';
import { BOOLEAN, numberType, TEXT } from '../sql/types/names.ts';
import type { StagedFile } from '../stage/stage-store.ts';
import type { StoreConnection } from '../storage/connection.ts';
import type { Statement } from './answer.ts';
import { withLoader } from './copy/with-loader.ts';
import { nameParts } from './parse/file-format.ts';
import { parseLocation } from './parse/location.ts';
import { Properties } from './parse/properties.ts';
import { TokenReader } from './parse/token-reader.ts';
import { namedFormat } from './resolve-format.ts';
import { type Location, resolveLocation } from './resolve-location.ts';
import type { StatementScope } from './scope.ts';
import type { SessionState } from './session-state.ts';
import type { Work } from './transaction.ts';

const column = (name: string, type: ScopeColumn['type']) => ({ name, type, nullable: true });

/** https://docs.snowflake.com/en/sql-reference/functions/infer_schema */
const COLUMNS: readonly ScopeColumn[] = [
  column('COLUMN_NAME', TEXT),
  column('TYPE', TEXT),
  column('NULLABLE', BOOLEAN),
  column('EXPRESSION', TEXT),
  column('FILENAMES', TEXT),
  column('ORDER_ID', numberType(38, 0)),
];

/** By what a call of INFER_SCHEMA is found again: its location and its format. */
export const inferKey = (location: string, format: string): string =>
  `INFER_SCHEMA ${JSON.stringify([location, format])}`;

/** Texts between the brackets of the calls in a statement. */
function callsOf(sql: string): string[] {
  if (!/INFER_SCHEMA/i.test(sql)) return [];
  const tokens = tokenize(sql);
  return tokens.flatMap((token, at) => {
    const open = tokens[at + 1];
    if (token.kind !== 'word' || token.value !== 'INFER_SCHEMA' || open?.text !== '(') return [];
    return [new TokenReader(sql.slice(open.start)).bracketText()];
  });
}

const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^BOOLEAN$/, 'BOOLEAN'],
  [/^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$/, 'NUMBER(38, 0)'],
  [/^(?:FLOAT|DOUBLE)$/, 'REAL'],
  [/^DATE$/, 'DATE'],
  [/^TIMESTAMP WITH TIME ZONE$/, 'TIMESTAMP_LTZ'],
  [/^TIMESTAMP/, 'TIMESTAMP_NTZ'],
  [/^TIME/, 'TIME'],
  [/^VARCHAR$/, 'TEXT'],
];

/** The Snowflake type that takes the values of a Parquet column. */
export function inferredType(duckdb: string, isBinaryText: boolean): string {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckdb) ?? [];
  if (precision !== undefined) return `NUMBER(${precision}, ${scale})`;
  if (duckdb === 'BLOB') return isBinaryText ? 'TEXT' : 'BINARY';
  return TYPES.find(([pattern]) => pattern.test(duckdb))?.[1] ?? 'VARIANT';
}

interface Inferred {
  readonly type: string;
  readonly files: readonly string[];
}

/** Columns of a Parquet file and their types. */
async function typesOf(loader: StoreConnection, path: string, format: FileFormat) {
  const rows = await loader.rows(`DESCRIBE SELECT * FROM read_parquet(${quoteText(path)})`);
  const isBinaryText = flagOf(format, 'BINARY_AS_TEXT');
  return rows.map(({ column_name, column_type }) => ({
    name: String(column_name),
    type: inferredType(String(column_type), isBinaryText),
  }));
}

interface Call {
  readonly location: Location;
  readonly format: FileFormat;
  readonly files: readonly StagedFile[];
  readonly isCaseIgnored: boolean;
  readonly key: string;
}

async function readCall(session: SessionState, text: string): Promise<Call> {
  const args = Properties.read(new TokenReader(text));
  const [where, formatName] = [args.text('LOCATION'), args.text('FILE_FORMAT')];
  const isCaseIgnored = args.flag('IGNORE_CASE') ?? false;
  args.integer('MAX_RECORDS_PER_FILE');
  const most = args.integer('MAX_FILE_COUNT') ?? Number.POSITIVE_INFINITY;
  args.refuseRest('INFER_SCHEMA');
  if (where === undefined || formatName === undefined) {
    throw compilationError('001008', '22023', 'INFER_SCHEMA needs LOCATION and FILE_FORMAT');
  }
  const location = resolveLocation(session, parseLocation(where));
  const format = namedFormat(session, nameParts(formatName));
  if (format.type !== 'PARQUET') throw unsupported(`INFER_SCHEMA of ${format.type}`);
  const { store, path, keyPrefix } = location;
  const { found } = await chooseFiles(store, { path, keyPrefix, files: null, pattern: null });
  if (found.length === 0) throw missingFile(location.label + path);
  const key = inferKey(where, formatName);
  return { location, format, files: found.slice(0, most), isCaseIgnored, key };
}

async function infer(call: Call, loader: StoreConnection, scratch: string) {
  const found = new Map<string, Inferred>();
  for (const file of call.files) {
    const path = await call.location.store.fetch(file.name, scratch);
    for (const { name, type } of await typesOf(loader, path, call.format)) {
      const shown = call.isCaseIgnored ? name.toUpperCase() : name;
      const before = found.get(shown);
      const files = [...(before?.files ?? []), call.location.keyPrefix + file.name];
      found.set(shown, { type: before && before.type !== type ? 'VARIANT' : type, files });
    }
  }
  return found;
}

/** Offers what INFER_SCHEMA finds in Parquet files to the scope. */
export async function prepareInferred(
  session: SessionState,
  statement: Statement,
  scope: StatementScope,
  work: Pick<Work, 'run'>,
): Promise<void> {
  for (const [index, text] of callsOf(statement.sql).entries()) {
    const call = await readCall(session, text);
    const folder = session.engine.stages.scratchFolder(statement.queryId);
    session.scratch.add(folder);
    const found = await withLoader(session, statement, (loader) =>
      infer(call, loader, join(folder, `infer-${index}`)),
    );
    const rows = [...found].map(([name, { type, files }], order) =>
      rowSql(name, type, files, order, call.isCaseIgnored),
    );
    const duckdbName = temporaryName({ database: '_SF', schema: 'INFERRED', name: String(index) });
    const names = COLUMNS.map(({ name }) => `"${name}"`).join(', ');
    await work.run(
      `CREATE OR REPLACE TEMP VIEW ${duckdbName} AS SELECT * FROM (VALUES ${rows.join(', ')}) AS _sf_v(${names})`,
    );
    scope.offerStage(call.key, { duckdbName, columns: COLUMNS });
  }
}

function rowSql(
  name: string,
  type: string,
  files: readonly string[],
  order: number,
  isCaseIgnored: boolean,
): string {
  const expression = isCaseIgnored
    ? `GET_IGNORE_CASE ($1, '${name}')::${type}`
    : `$1:${name}::${type}`;
  const texts = [name, type].map(quoteText).join(', ');
  const after = [expression, files.join(', ')].map(quoteText).join(', ');
  return `(${texts}, TRUE, ${after}, CAST(${order} AS DECIMAL(38,0)))`;
}

import type { StageCredentials } from '../../catalog/model.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import { type FormatClause, readFormatClause } from './file-format.ts';
import { type LocationText, readLocation } from './location.ts';
import { Properties } from './properties.ts';
import { readCredentials, readEncryption } from './stage.ts';
import { TokenReader } from './token-reader.ts';

/** ON_ERROR: what a record that cannot be loaded does. */
export type OnError =
  | { readonly kind: 'ABORT_STATEMENT' }
  | { readonly kind: 'CONTINUE' }
  /** Skips a file with this many errors, or with this share of its rows wrong. */
  | { readonly kind: 'SKIP_FILE'; readonly count: number; readonly isPercent: boolean };

export type Validation =
  | { readonly kind: 'ROWS'; readonly count: number }
  | { readonly kind: 'ERRORS' };

export type MatchByName = 'CASE_SENSITIVE' | 'CASE_INSENSITIVE';

/** SELECT … FROM a stage, which turns the cells of files into those of the table. */
export interface Transformation {
  readonly items: readonly string[];
  readonly alias: string | null;
}

/** COPY INTO <table>, as written. */
export interface CopyLoad {
  readonly table: readonly string[];
  readonly columns: readonly string[] | null;
  readonly location: LocationText;
  readonly transformation: Transformation | null;
  readonly access: {
    readonly integration: string | null;
    readonly credentials: StageCredentials | null;
  };
  readonly format: FormatClause | null;
  readonly files: readonly string[] | null;
  readonly pattern: string | null;
  readonly onError: OnError;
  readonly isForced: boolean;
  readonly isPurging: boolean;
  readonly isFailedOnly: boolean;
  readonly sizeLimit: number | null;
  readonly isTruncating: boolean;
  readonly match: MatchByName | null;
  readonly validation: Validation | null;
}

/** @throws SnowflakeError 001008 for what ON_ERROR does not take */
export function parseOnError(text: string): OnError {
  const word = text.toUpperCase();
  if (word === 'CONTINUE' || word === 'ABORT_STATEMENT') return { kind: word };
  const [, digits, percent] = /^SKIP_FILE(?:_(\d+)(%)?)?$/.exec(word) ?? [];
  if (word === 'SKIP_FILE') return { kind: 'SKIP_FILE', count: 1, isPercent: false };
  if (digits === undefined) {
    throw compilationError('001008', '22023', `invalid value [${text}] for parameter 'ON_ERROR'`);
  }
  return { kind: 'SKIP_FILE', count: Number(digits), isPercent: percent === '%' };
}

function parseValidation(text: string | undefined): Validation | null {
  if (text === undefined) return null;
  const word = text.toUpperCase();
  if (word === 'RETURN_ERRORS' || word === 'RETURN_ALL_ERRORS') return { kind: 'ERRORS' };
  const count = /^RETURN_(\d+)_ROWS$/.exec(word)?.[1];
  if (count !== undefined) return { kind: 'ROWS', count: Number(count) };
  throw compilationError(
    '001008',
    '22023',
    `invalid value [${text}] for parameter 'VALIDATION_MODE'`,
  );
}

function parseMatch(word: string | undefined): MatchByName | null {
  if (word === undefined || word === 'NONE') return null;
  if (word === 'CASE_SENSITIVE' || word === 'CASE_INSENSITIVE') return word;
  throw compilationError(
    '001008',
    '22023',
    `invalid value [${word}] for parameter 'MATCH_BY_COLUMN_NAME'`,
  );
}

const ITEM_END: ReadonlySet<string> = new Set(['FROM']);

/** `SELECT a, b FROM @stage [AS] s`; what else a query may have is not for COPY. */
function readTransformation(text: string): Transformation & { readonly location: LocationText } {
  const reader = new TokenReader(text);
  reader.expect('SELECT');
  if (reader.sees('DISTINCT')) throw unsupported('DISTINCT in a COPY transformation');
  const items = [reader.expressionText(ITEM_END)];
  while (reader.acceptSymbol(',')) items.push(reader.expressionText(ITEM_END));
  reader.expect('FROM');
  const location = readLocation(reader);
  reader.accept('AS');
  const next = reader.peek();
  const isAlias = next !== undefined && (next.kind === 'quoted' || !CLAUSES.has(next.value));
  const alias = isAlias ? reader.identifier() : null;
  if (!reader.isAtEnd) {
    throw unsupported(`${reader.peek()?.text.toUpperCase()} in a COPY transformation`);
  }
  return { items, alias, location };
}

const CLAUSES: ReadonlySet<string> = new Set([
  ...['(', 'WHERE', 'GROUP', 'ORDER', 'LIMIT', 'JOIN', 'LEFT', 'INNER', 'CROSS', 'QUALIFY'],
]);

function readSource(reader: TokenReader): Pick<CopyLoad, 'location' | 'transformation'> {
  reader.expect('FROM');
  if (!reader.seesSymbol('(')) return { location: readLocation(reader), transformation: null };
  const { location, items, alias } = readTransformation(reader.bracketText());
  return { location, transformation: { items, alias } };
}

/** `ON_ERROR = SKIP_FILE_10%`: the percent sign is a token of its own. */
function readOnError(reader: TokenReader): OnError {
  reader.expect('ON_ERROR');
  reader.expectSymbol('=');
  const text = reader.next().value;
  return parseOnError(reader.acceptSymbol('%') ? `${text}%` : text);
}

/** COPY INTO <table> [(columns)] FROM stage | (SELECT … FROM stage) [options]. */
export function parseCopyLoad(reader: TokenReader): CopyLoad {
  reader.expect('COPY', 'INTO');
  const table = reader.name();
  const columns = reader.seesSymbol('(') ? reader.identifierList() : null;
  const source = readSource(reader);
  const properties = new Properties();
  let onError: OnError = { kind: 'ABORT_STATEMENT' };
  while (!reader.isAtEnd) {
    if (reader.sees('ON_ERROR')) onError = readOnError(reader);
    else properties.take(Properties.read(reader, 'ON_ERROR'));
    reader.acceptSymbol(',');
  }
  readEncryption(properties);
  const isTruncating =
    properties.flag('TRUNCATECOLUMNS') ?? properties.flag('ENFORCE_LENGTH') === false;
  properties.flag('LOAD_UNCERTAIN_FILES');
  const copy: CopyLoad = {
    table,
    columns,
    ...source,
    access: {
      integration: properties.text('STORAGE_INTEGRATION') ?? null,
      credentials: readCredentials(properties) ?? null,
    },
    format: readFormatClause(properties),
    files: properties.texts('FILES') ?? null,
    pattern: properties.text('PATTERN') ?? null,
    onError,
    isForced: properties.flag('FORCE') ?? false,
    isPurging: properties.flag('PURGE') ?? false,
    isFailedOnly: properties.flag('RETURN_FAILED_ONLY') ?? false,
    sizeLimit: properties.integer('SIZE_LIMIT') ?? null,
    isTruncating,
    match: parseMatch(properties.word('MATCH_BY_COLUMN_NAME')),
    validation: parseValidation(properties.text('VALIDATION_MODE')),
  };
  properties.refuseRest('COPY INTO table');
  if (copy.transformation && (copy.match || copy.validation)) {
    throw unsupported('MATCH_BY_COLUMN_NAME or VALIDATION_MODE with a COPY transformation');
  }
  return copy;
}

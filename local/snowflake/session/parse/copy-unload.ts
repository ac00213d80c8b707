import type { StageCredentials } from '../../catalog/model.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import { type FormatClause, readFormatClause } from './file-format.ts';
import { type LocationText, readLocation } from './location.ts';
import { Properties } from './properties.ts';
import { readCredentials, readEncryption } from './stage.ts';
import type { TokenReader } from './token-reader.ts';

/** Largest file that MAX_FILE_SIZE may ask for: 5 GB. */
const LARGEST_FILE = 5_368_709_120;

/** COPY INTO <location>, as written. */
export interface CopyUnload {
  readonly location: LocationText;
  readonly access: {
    readonly integration: string | null;
    readonly credentials: StageCredentials | null;
  };
  /** The query whose rows are written. */
  readonly query: string;
  readonly partitionBy: string | null;
  readonly format: FormatClause | null;
  readonly isOverwriting: boolean;
  readonly isSingle: boolean;
  readonly maxFileSize: number;
  readonly includeQueryId: boolean;
  readonly isDetailed: boolean;
  readonly hasHeader: boolean;
  readonly isValidation: boolean;
}

const CLAUSES: ReadonlySet<string> = new Set([
  'FILE_FORMAT',
  'OVERWRITE',
  'SINGLE',
  'MAX_FILE_SIZE',
  'INCLUDE_QUERY_ID',
  'DETAILED_OUTPUT',
  'HEADER',
  'VALIDATION_MODE',
  'STORAGE_INTEGRATION',
  'CREDENTIALS',
  'ENCRYPTION',
]);

/** `FROM t` is the query of all its columns; `FROM (SELECT …)` is its own. */
function readSource(reader: TokenReader): string {
  reader.expect('FROM');
  if (reader.seesSymbol('(')) return reader.bracketText();
  const parts = reader.name().map((part) => `"${part.replaceAll('"', '""')}"`);
  return `SELECT * FROM ${parts.join('.')}`;
}

function refuse(rule: string): Error {
  return compilationError('001008', '42601', rule);
}

/** https://docs.snowflake.com/en/sql-reference/sql/copy-into-location#copy-options-copyoptions */
function checkTogether(copy: CopyUnload, properties: Properties): void {
  const { partitionBy, isSingle, isOverwriting, maxFileSize } = copy;
  if (maxFileSize <= 0 || maxFileSize > LARGEST_FILE) {
    throw refuse(`invalid value [${maxFileSize}] for parameter 'MAX_FILE_SIZE'`);
  }
  if (isSingle && properties.flag('INCLUDE_QUERY_ID')) {
    throw refuse('INCLUDE_QUERY_ID cannot be TRUE together with SINGLE = TRUE');
  }
  if (isOverwriting && properties.flag('INCLUDE_QUERY_ID')) {
    throw refuse('INCLUDE_QUERY_ID cannot be TRUE together with OVERWRITE = TRUE');
  }
  if (partitionBy === null) return;
  if (isSingle) throw refuse('SINGLE = TRUE is not supported with PARTITION BY');
  if (isOverwriting) throw refuse('OVERWRITE = TRUE is not supported with PARTITION BY');
  if (properties.flag('INCLUDE_QUERY_ID') === false) {
    throw refuse('INCLUDE_QUERY_ID = FALSE is not supported with PARTITION BY');
  }
}

/** COPY INTO <location> FROM table | (query) [PARTITION BY expression] [options]. */
export function parseCopyUnload(reader: TokenReader): CopyUnload {
  reader.expect('COPY', 'INTO');
  const location = readLocation(reader);
  /** How the bucket is reached may also stand before FROM. */
  const before = Properties.read(reader, 'FROM');
  const query = readSource(reader);
  const partitionBy = reader.accept('PARTITION', 'BY') ? reader.expressionText(CLAUSES) : null;
  const properties = Properties.read(reader);
  const validation = properties.word('VALIDATION_MODE');
  if (validation !== undefined && validation !== 'RETURN_ROWS') {
    throw unsupported(`VALIDATION_MODE = ${validation}`);
  }
  readEncryption(properties);
  const copy: CopyUnload = {
    location,
    access: {
      integration:
        properties.text('STORAGE_INTEGRATION') ?? before.text('STORAGE_INTEGRATION') ?? null,
      credentials: readCredentials(properties) ?? readCredentials(before) ?? null,
    },
    query,
    partitionBy,
    format: readFormatClause(properties),
    isOverwriting: properties.flag('OVERWRITE') ?? false,
    isSingle: properties.flag('SINGLE') ?? false,
    maxFileSize: properties.integer('MAX_FILE_SIZE') ?? 16_777_216,
    includeQueryId: (properties.flag('INCLUDE_QUERY_ID') ?? false) || partitionBy !== null,
    isDetailed: properties.flag('DETAILED_OUTPUT') ?? false,
    hasHeader: properties.flag('HEADER') ?? false,
    isValidation: validation !== undefined,
  };
  properties.refuseRest('COPY INTO location');
  before.refuseRest('COPY INTO location');
  checkTogether(copy, properties);
  return copy;
}

import { compilationError } from '../sql/errors.ts';

export type FormatType = 'CSV' | 'JSON' | 'PARQUET';
export type FormatValue = string | number | boolean | readonly string[];

/** A file format: its type and the options that were given; the others have their defaults. */
export interface FileFormat {
  readonly type: FormatType;
  readonly options: Readonly<Record<string, FormatValue>>;
}

export interface FormatOption {
  readonly kind: 'text' | 'flag' | 'integer' | 'texts';
  readonly value: FormatValue;
  /** What the option may be; anything when absent. */
  readonly allowed?: readonly FormatValue[];
}

const text = (value: string, allowed?: readonly string[]): FormatOption =>
  allowed ? { kind: 'text', value, allowed } : { kind: 'text', value };
const flag = (value: boolean, ...allowed: readonly boolean[]): FormatOption =>
  allowed.length > 0 ? { kind: 'flag', value, allowed } : { kind: 'flag', value };
const texts = (...value: readonly string[]): FormatOption => ({ kind: 'texts', value });

const COMPRESSIONS = ['AUTO', 'GZIP', 'BROTLI', 'ZSTD', 'DEFLATE', 'RAW_DEFLATE', 'NONE'];

const TIMES: Readonly<Record<string, FormatOption>> = {
  DATE_FORMAT: text('AUTO'),
  TIME_FORMAT: text('AUTO'),
  TIMESTAMP_FORMAT: text('AUTO'),
  BINARY_FORMAT: text('HEX', ['HEX', 'BASE64', 'UTF8', 'UTF-8']),
};

/**
 * The options of each type with their defaults; of those that change nothing here, only the default
 * is taken. https://docs.snowflake.com/en/sql-reference/sql/create-file-format
 */
export const FORMAT_OPTIONS: Readonly<Record<FormatType, Readonly<Record<string, FormatOption>>>> =
  {
    CSV: {
      COMPRESSION: text('AUTO', COMPRESSIONS),
      RECORD_DELIMITER: text('\n'),
      FIELD_DELIMITER: text(','),
      FILE_EXTENSION: text('NONE'),
      PARSE_HEADER: flag(false),
      SKIP_HEADER: { kind: 'integer', value: 0 },
      SKIP_BLANK_LINES: flag(false),
      ...TIMES,
      ESCAPE: text('NONE'),
      ESCAPE_UNENCLOSED_FIELD: text('\\'),
      TRIM_SPACE: flag(false),
      FIELD_OPTIONALLY_ENCLOSED_BY: text('NONE'),
      NULL_IF: texts('\\N'),
      ERROR_ON_COLUMN_COUNT_MISMATCH: flag(true),
      VALIDATE_UTF8: flag(true, true),
      REPLACE_INVALID_CHARACTERS: flag(false),
      EMPTY_FIELD_AS_NULL: flag(true),
      SKIP_BYTE_ORDER_MARK: flag(true),
      ENCODING: text('UTF8', ['UTF8', 'UTF-8']),
      MULTI_LINE: flag(true, true),
    },
    JSON: {
      COMPRESSION: text('AUTO', COMPRESSIONS),
      ...TIMES,
      TRIM_SPACE: flag(false),
      MULTI_LINE: flag(true, true),
      NULL_IF: texts(),
      FILE_EXTENSION: text('NONE'),
      ENABLE_OCTAL: flag(false, false),
      ALLOW_DUPLICATE: flag(false, false),
      STRIP_OUTER_ARRAY: flag(false),
      STRIP_NULL_VALUES: flag(false, false),
      REPLACE_INVALID_CHARACTERS: flag(false),
      IGNORE_UTF8_ERRORS: flag(false),
      SKIP_BYTE_ORDER_MARK: flag(true),
    },
    PARQUET: {
      COMPRESSION: text('AUTO', [...COMPRESSIONS, 'SNAPPY', 'LZO']),
      SNAPPY_COMPRESSION: flag(true),
      BINARY_AS_TEXT: flag(true),
      USE_LOGICAL_TYPE: flag(false),
      TRIM_SPACE: flag(false),
      USE_VECTORIZED_SCANNER: flag(false),
      REPLACE_INVALID_CHARACTERS: flag(false, false),
      NULL_IF: texts(),
      FILE_EXTENSION: text('NONE'),
    },
  };

export const DEFAULT_FORMAT: FileFormat = { type: 'CSV', options: {} };

/** The value an option has, given or by default. */
export function optionOf(format: FileFormat, name: string): FormatValue {
  const found = format.options[name] ?? FORMAT_OPTIONS[format.type][name]?.value;
  if (found !== undefined) return found;
  throw compilationError('001420', '22023', `invalid property '${name}' for '${format.type}'`);
}

export const flagOf = (format: FileFormat, name: string): boolean =>
  optionOf(format, name) === true;
export const textOf = (format: FileFormat, name: string): string => String(optionOf(format, name));
export const textsOf = (format: FileFormat, name: string): readonly string[] =>
  optionOf(format, name) as readonly string[];

/** A delimiter or a quote, `0x1f` and `\t` decoded; null for NONE. */
export function characterOf(format: FileFormat, name: string): string | null {
  const written = textOf(format, name);
  if (written === 'NONE' || written === '') return null;
  return written
    .replace(/^(?:0x[0-9a-fA-F]{2})+$/, (hex) =>
      Buffer.from(hex.replaceAll('0x', ''), 'hex').toString('utf8'),
    )
    .replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|([tnr]))/g, (_, hex, octal, letter) =>
      letter
        ? ESCAPES[letter as 't']
        : String.fromCharCode(Number.parseInt(hex ?? octal, hex ? 16 : 8)),
    );
}

const ESCAPES = { t: '\t', n: '\n', r: '\r' } as const;

import {
  type FileFormat,
  FORMAT_OPTIONS,
  type FormatOption,
  type FormatType,
  type FormatValue,
} from '../../copy/file-format.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import { invalidValue, Properties } from './properties.ts';
import { TokenReader } from './token-reader.ts';

const OTHER_TYPES: ReadonlySet<string> = new Set(['AVRO', 'ORC', 'XML', 'CUSTOM']);

/** The type a FILE_FORMAT names. @throws SnowflakeError 000002 for one the stand-in cannot read */
export function formatType(name: string): FormatType {
  const type = name.toUpperCase();
  if (type === 'CSV' || type === 'JSON' || type === 'PARQUET') return type;
  if (OTHER_TYPES.has(type)) throw unsupported(`FILE_FORMAT TYPE = ${type}`);
  throw invalidValue('TYPE', name);
}

/** Options that take NONE, which they hold as that word. */
const NONE_TAKERS: ReadonlySet<string> = new Set([
  'RECORD_DELIMITER',
  'FIELD_DELIMITER',
  'FILE_EXTENSION',
  'ESCAPE',
  'ESCAPE_UNENCLOSED_FIELD',
  'FIELD_OPTIONALLY_ENCLOSED_BY',
]);

function readOption(properties: Properties, name: string, option: FormatOption): FormatValue {
  if (option.kind === 'flag') return properties.flag(name) ?? option.value;
  if (option.kind === 'integer') return properties.integer(name) ?? option.value;
  if (option.kind === 'texts') return properties.texts(name) ?? option.value;
  const scalar = properties.scalar(name);
  const value = scalar?.text ?? '';
  if (option.allowed || (NONE_TAKERS.has(name) && /^none$/i.test(value)))
    return value.toUpperCase();
  return /_FORMAT$/.test(name) && /^auto$/i.test(value) ? 'AUTO' : value;
}

/**
 * The options of a format of this type among the properties, on top of `given`.
 * @throws SnowflakeError 000002 for an option, or a value of one, that the stand-in does not have
 */
export function readFormatOptions(
  type: FormatType,
  properties: Properties,
  given: FileFormat['options'] = {},
): FileFormat {
  const options: Record<string, FormatValue> = { ...given };
  for (const [name, option] of Object.entries(FORMAT_OPTIONS[type])) {
    if (!properties.has(name)) continue;
    const value = readOption(properties, name, option);
    if (option.allowed && !option.allowed.includes(value)) throw unsupported(`${name} = ${value}`);
    options[name] = value;
  }
  refuseConflicts({ type, options });
  return { type, options };
}

function refuseConflicts(format: FileFormat): void {
  const isHeaderSkipped = Number(format.options.SKIP_HEADER ?? 0) > 0;
  if (format.options.PARSE_HEADER !== true || !isHeaderSkipped) return;
  throw compilationError('001008', '22023', 'SKIP_HEADER and PARSE_HEADER cannot be set together');
}

/** What FILE_FORMAT says: a name, options with or without a type, or both parts of neither. */
export interface FormatClause {
  readonly name: readonly string[] | null;
  readonly type: FormatType | null;
  readonly properties: Properties;
}

/** Reads `FILE_FORMAT = name`, `= (FORMAT_NAME = name)` or `= (TYPE = … options)`. */
export function readFormatClause(properties: Properties): FormatClause | null {
  if (!properties.has('FILE_FORMAT')) return null;
  if (!properties.isMap('FILE_FORMAT')) {
    const name = properties.text('FILE_FORMAT') ?? '';
    return { name: nameParts(name), type: null, properties: new Properties() };
  }
  const inner = properties.map('FILE_FORMAT') ?? new Properties();
  const name = inner.text('FORMAT_NAME');
  const type = inner.word('TYPE');
  return {
    name: name === undefined ? null : nameParts(name),
    type: type === undefined ? null : formatType(type),
    properties: inner,
  };
}

/** Parts of a name that stands in a text or a value, folded as Snowflake folds them. */
export function nameParts(text: string): string[] {
  const reader = new TokenReader(text);
  const parts = reader.name();
  reader.expectEnd();
  return parts;
}

import { duckdbType, MAX_TEXT_LENGTH, type SnowflakeType } from '../../types.ts';
import { compilationError } from '../errors.ts';
import { precisionOf, scaleOf, typeText } from '../types/names.ts';
import { offsetOfWall, toUtc, toWall, utcToTz, wallToTz } from '../types/zones.ts';
import { constantConversion } from './convert-constant.ts';
import { datesToText } from './date-text.ts';
import type { Typed } from './typed.ts';

/**
 * How a value is converted: `cast` is `::`, `try` is TRY_CAST, `assign` is what INSERT and UPDATE
 * do.
 */
export type ConvertMode = 'cast' | 'try' | 'assign';

export interface ConvertOptions {
  readonly timezone: string;
  /** Session parameter by name, for output formats. */
  readonly parameter: (name: string) => string | undefined;
  readonly mode: ConvertMode;
}

type Conversion = (value: Typed, target: SnowflakeType, options: ConvertOptions) => string;

const tryCast = (mode: ConvertMode) => (mode === 'try' ? 'TRY_CAST' : 'CAST');
const trying = (name: string, mode: ConvertMode) =>
  mode === 'try' ? `sf_try_${name}` : `sf_${name}`;

const castTo: Conversion = (value, target, { mode }) =>
  `${tryCast(mode)}(${value.sql} AS ${duckdbType(target)})`;

/** Text with an instant: the offset in it, else the session's time zone. */
function textToUtc(
  sql: string,
  { timezone, mode }: ConvertOptions,
): { utc: string; offset: string } {
  const wall = `${trying('wall', mode)}(${sql})`;
  const offset = `COALESCE(sf_text_offset(${sql}), ${offsetOfWall(wall, timezone)})`;
  return { utc: `sf_shift(${wall}, -${offset})`, offset };
}

const TIMESTAMPS: Readonly<Record<string, Conversion>> = {
  'TEXT>TIMESTAMP_NTZ': (value, _, { mode }) => `${trying('wall', mode)}(${value.sql})`,
  'TEXT>TIMESTAMP_LTZ': (value, _, options) => textToUtc(value.sql, options).utc,
  'TEXT>TIMESTAMP_TZ': (value, _, options) => {
    const { utc, offset } = textToUtc(value.sql, options);
    return `sf_tz(${utc}, ${offset})`;
  },
  'DATE>TIMESTAMP_NTZ': (value) => `CAST(${value.sql} AS TIMESTAMP_NS)`,
  'DATE>TIMESTAMP_LTZ': (value, _, { timezone }) =>
    toUtc(`CAST(${value.sql} AS TIMESTAMP_NS)`, timezone),
  'DATE>TIMESTAMP_TZ': (value, _, { timezone }) =>
    wallToTz(`CAST(${value.sql} AS TIMESTAMP_NS)`, timezone),
  'TIMESTAMP_NTZ>TIMESTAMP_LTZ': (value, _, { timezone }) => toUtc(value.sql, timezone),
  'TIMESTAMP_NTZ>TIMESTAMP_TZ': (value, _, { timezone }) => wallToTz(value.sql, timezone),
  'TIMESTAMP_LTZ>TIMESTAMP_NTZ': (value, _, { timezone }) => toWall(value.sql, timezone),
  'TIMESTAMP_LTZ>TIMESTAMP_TZ': (value, _, { timezone }) => utcToTz(value.sql, timezone),
  'TIMESTAMP_TZ>TIMESTAMP_NTZ': (value) => `sf_tz_wall(${value.sql})`,
  'TIMESTAMP_TZ>TIMESTAMP_LTZ': (value) => `(${value.sql})."utc"`,
  'NUMBER>TIMESTAMP_NTZ': (value) => epochSeconds(value.sql),
  'NUMBER>TIMESTAMP_LTZ': (value) => epochSeconds(value.sql),
  'NUMBER>TIMESTAMP_TZ': (value, _, { timezone }) => utcToTz(epochSeconds(value.sql), timezone),
  'TEXT>DATE': (value, _, { mode }) => `${trying('date', mode)}(${value.sql})`,
  'TEXT>TIME': (value, _, { mode }) => `${trying('time', mode)}(${value.sql})`,
  'TIMESTAMP_NTZ>DATE': castTo,
  'TIMESTAMP_LTZ>DATE': (value, _, { timezone }) => `CAST(${toWall(value.sql, timezone)} AS DATE)`,
  'TIMESTAMP_TZ>DATE': (value) => `CAST(sf_tz_wall(${value.sql}) AS DATE)`,
  'TIMESTAMP_NTZ>TIME': castTo,
  'TIMESTAMP_LTZ>TIME': (value, _, { timezone }) =>
    `CAST(${toWall(value.sql, timezone)} AS TIME_NS)`,
  'TIMESTAMP_TZ>TIME': (value) => `CAST(sf_tz_wall(${value.sql}) AS TIME_NS)`,
};

function epochSeconds(sql: string): string {
  return `make_timestamp_ns(CAST(CAST(${sql} AS DECIMAL(38,9)) * 1000000000 AS BIGINT))`;
}

const SCALARS: Readonly<Record<string, Conversion>> = {
  'TEXT>NUMBER': castTo,
  'TEXT>FLOAT': castTo,
  'TEXT>BOOLEAN': (value, _, { mode }) => `${trying('boolean', mode)}(${value.sql})`,
  'TEXT>BINARY': (value) => `unhex(${value.sql})`,
  'NUMBER>TEXT': (value) => `CAST(${value.sql} AS VARCHAR)`,
  'NUMBER>NUMBER': castTo,
  'NUMBER>FLOAT': castTo,
  'NUMBER>BOOLEAN': (value) => `(${value.sql} <> 0)`,
  'FLOAT>TEXT': (value) => `sf_float_text(${value.sql})`,
  'FLOAT>NUMBER': castTo,
  'FLOAT>BOOLEAN': (value) => `(${value.sql} <> 0)`,
  'BOOLEAN>TEXT': (value) => `CAST(${value.sql} AS VARCHAR)`,
  'BOOLEAN>NUMBER': (value, target) =>
    `CAST(CAST(${value.sql} AS INTEGER) AS ${duckdbType(target)})`,
  'BOOLEAN>FLOAT': (value) => `CAST(CAST(${value.sql} AS INTEGER) AS DOUBLE)`,
  'BINARY>TEXT': (value) => `hex(${value.sql})`,
  'DATE>TEXT': datesToText,
  'TIME>TEXT': datesToText,
  'TIMESTAMP_NTZ>TEXT': datesToText,
  'TIMESTAMP_LTZ>TEXT': datesToText,
  'TIMESTAMP_TZ>TEXT': datesToText,
};

/** VARIANT values convert by way of their text; JSON null becomes NULL. */
const fromVariant: Conversion = (value, target, options) => {
  const text: Typed = {
    sql: `json_extract_string(${value.sql}, '$')`,
    type: { name: 'TEXT', length: MAX_TEXT_LENGTH },
  };
  if (target.name === 'BOOLEAN' || target.name === 'TEXT') return convertSql(text, target, options);
  if (target.name === 'NUMBER' || target.name === 'FLOAT') {
    const number = `CASE ${text.sql} WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE ${text.sql} END`;
    return castTo({ sql: number, type: text.type }, target, options);
  }
  return convertSql(text, target, options);
};

const toVariant: Conversion = (value, _target, options) => {
  switch (value.type?.name) {
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return value.sql;
    case 'NUMBER':
      return `sf_number_json(${value.sql})`;
    case 'BOOLEAN':
    case 'TEXT':
      return `to_json(${value.sql})`;
    case 'FLOAT':
      return `CAST(sf_float_text(${value.sql}) AS JSON)`;
    default: {
      const text = convertSql(value, { name: 'TEXT', length: MAX_TEXT_LENGTH }, options);
      return `to_json(${text})`;
    }
  }
};

const SEMI: Readonly<Record<string, Conversion>> = {
  'VARIANT>OBJECT': (value) => `CASE WHEN json_type(${value.sql}) = 'OBJECT' THEN ${value.sql} END`,
  'VARIANT>ARRAY': (value) =>
    `CASE WHEN json_type(${value.sql}) = 'ARRAY' THEN ${value.sql} WHEN json_type(${value.sql}) <> 'NULL' THEN json_array(${value.sql}) END`,
  'OBJECT>TEXT': (value) => `CAST(${value.sql} AS VARCHAR)`,
  'ARRAY>TEXT': (value) => `CAST(${value.sql} AS VARCHAR)`,
};

function conversionOf(from: string, to: string): Conversion | undefined {
  const exact = SEMI[`${from}>${to}`] ?? TIMESTAMPS[`${from}>${to}`] ?? SCALARS[`${from}>${to}`];
  if (exact) return exact;
  if (to === 'VARIANT') return toVariant;
  if (from === 'VARIANT') return fromVariant;
  return undefined;
}

/** What is left to do when the type's name stays: fewer digits, a shorter text. */
function narrow(value: Typed, target: SnowflakeType, options: ConvertOptions): string {
  const from = value.type;
  if (!from) return value.sql;
  if (target.name === 'TEXT') return narrowText(value.sql, from, target, options.mode);
  if (target.name === 'NUMBER') {
    const same = precisionOf(from) === precisionOf(target) && scaleOf(from) === scaleOf(target);
    return same ? value.sql : castTo(value, target, options);
  }
  if (target.scale === undefined || target.scale >= (from.scale ?? 9)) return value.sql;
  const unit = 10 ** (9 - target.scale);
  if (target.name === 'TIME') return `sf_cut_time(${value.sql}, ${unit})`;
  if (target.name === 'TIMESTAMP_TZ') {
    return `sf_tz(sf_cut((${value.sql})."utc", ${unit}), (${value.sql})."offset")`;
  }
  return `sf_cut(${value.sql}, ${unit})`;
}

function narrowText(sql: string, from: SnowflakeType, target: SnowflakeType, mode: ConvertMode) {
  const length = target.length ?? MAX_TEXT_LENGTH;
  if ((from.length ?? MAX_TEXT_LENGTH) <= length) return sql;
  if (mode === 'assign') return `sf_fit(${sql}, ${length})`;
  return mode === 'try'
    ? `CASE WHEN length(${sql}) <= ${length} THEN ${sql} END`
    : `left(${sql}, ${length})`;
}

const WIDEST: Readonly<Record<string, SnowflakeType>> = {
  TEXT: { name: 'TEXT', length: MAX_TEXT_LENGTH },
};

function convertSql(value: Typed, target: SnowflakeType, options: ConvertOptions): string {
  const from = value.type;
  if (!from) return `CAST(${value.sql} AS ${duckdbType(target)})`;
  if (from.name === target.name) return narrow(value, target, options);
  const conversion = conversionOf(from.name, target.name);
  if (!conversion) {
    throw compilationError(
      '001065',
      '22023',
      `invalid type [CAST(${value.sql} AS ${typeText(target)})] for parameter '${typeText(from)}'`,
    );
  }
  const sql = conversion(value, target, options);
  const reached = WIDEST[target.name] ?? { ...target, scale: 9 };
  if (target.name === 'NUMBER') return sql;
  return narrow({ sql, type: reached }, target, options);
}

/**
 * A value converted to a type.
 * @throws SnowflakeError 001065 when Snowflake has no such conversion, 22007 for a constant that
 * cannot be read.
 */
export function convert(value: Typed, target: SnowflakeType, options: ConvertOptions): Typed {
  const constant = constantConversion(value, target, options);
  if (constant) return constant;
  const sql = convertSql(value, target, options);
  const nullable = options.mode === 'try' ? true : (value.nullable ?? true);
  if (sql === value.sql) return { ...value, type: target };
  return { sql, type: target, nullable };
}

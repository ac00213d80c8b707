import { duckdbType, type SnowflakeType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { formatDate, formatPieces } from '../expression/date-text.ts';
import { quoteText, type Typed, typed } from '../expression/typed.ts';
import {
  BINARY,
  BOOLEAN,
  DATE,
  FLOAT,
  isTimestamp,
  numberType,
  TEXT,
  TIME,
  TIMESTAMP_LTZ,
  TIMESTAMP_NTZ,
  TIMESTAMP_TZ,
} from '../types/names.ts';
import type { Call } from './call.ts';
import { aliases, custom, type FunctionFamily, scalar } from './entry.ts';
import { NUMBER_FORMAT_MACROS, numericFormat, scientificFloat } from './number-format.ts';

type Mode = 'cast' | 'try';

/** strptime's elements for Snowflake's; a format must be a literal. */
const STRPTIME: Readonly<Record<string, string>> = {
  YYYY: '%Y',
  YY: '%y',
  MMMM: '%B',
  MM: '%m',
  MON: '%b',
  DD: '%d',
  DY: '%a',
  HH24: '%H',
  HH12: '%I',
  AM: '%p',
  PM: '%p',
  MI: '%M',
  SS: '%S',
  TZHTZM: '%z',
  'TZH:TZM': '%z',
  TZH: '%z',
};

function strptimeFormat(format: string): string {
  return formatPieces(format)
    .map((piece) => {
      if ('text' in piece) return piece.text.replaceAll('%', '%%');
      const element = /^FF\d?$/.test(piece.element) ? '%n' : STRPTIME[piece.element];
      if (!element) throw unsupported(`format element ${piece.element}`);
      return element;
    })
    .join('');
}

/** A fraction of any length is brought to nine digits, which `%n` reads. */
function parseByFormat(call: Call, format: string, mode: Mode): string {
  const pattern = strptimeFormat(format);
  const hasFraction = pattern.includes('%n');
  const text = hasFraction ? `sf_nine_digits(${call.text(0)})` : call.text(0);
  const name = mode === 'try' ? 'try_strptime' : 'strptime';
  return `CAST(${name}(${text}, ${quoteText(pattern)}) AS TIMESTAMP_NS)`;
}

function epochAtScale(call: Call): string {
  const unit = 10 ** (9 - Number(call.constant(1)));
  return `make_timestamp_ns(CAST(${call.as(0, numberType(38, 0))} AS BIGINT) * ${unit})`;
}

/**
 * TO_DATE, TO_TIME and TO_TIMESTAMP_*: by the value's type, or by a format, or by a scale of an
 * epoch.
 */
function toMoment(target: SnowflakeType, mode: Mode) {
  return custom(1, 2, (call) => {
    const value = call.arg(0);
    const { lowering } = call;
    const format = call.has(1) ? call.constant(1) : 'AUTO';
    if (value.type?.name === 'NUMBER' && call.has(1)) {
      return lowering.convert(typed(epochAtScale(call), TIMESTAMP_LTZ), target, mode);
    }
    if (value.type?.name === 'NUMBER' && target.name === 'DATE') {
      return typed(`CAST(${epochSeconds(value.sql)} AS DATE)`, DATE);
    }
    if (format.toUpperCase() === 'AUTO') return lowering.convert(value, target, mode);
    if (target.name === 'TIME') {
      return typed(`CAST(${parseByFormat(call, format, mode)} AS ${duckdbType(TIME)})`, TIME);
    }
    const wall = typed(parseByFormat(call, format, mode), TIMESTAMP_NTZ);
    if (target.name === 'DATE' && !/TZ/i.test(format)) {
      const pattern = strptimeFormat(format);
      const name = mode === 'try' ? 'try_strptime' : 'strptime';
      return typed(`CAST(${name}(${call.text(0)}, ${quoteText(pattern)}) AS DATE)`, DATE);
    }
    if (/TZ/i.test(format)) return zonedMoment(wall.sql, target, call);
    return lowering.convert(wall, target, mode);
  });
}

/**
 * `utc` is the instant a format with an offset has read; the offset itself is at the end of the
 * text.
 */
function zonedMoment(utc: string, target: SnowflakeType, call: Call): Typed {
  const offset = `sf_zone_minutes(regexp_extract(${call.text(0)}, '(Z|[+-]\\d{2}(?::?\\d{2})?)\\s*$', 1))`;
  const value = typed(`sf_tz(${utc}, ${offset})`, TIMESTAMP_TZ);
  return call.lowering.convert(value, target);
}

function epochSeconds(sql: string): string {
  return `make_timestamp_ns(CAST(${sql} * 1000000000 AS BIGINT))`;
}

/** TIMESTAMP is what TIMESTAMP_TYPE_MAPPING says. */
function mapped(mode: Mode) {
  return custom(1, 2, (call) => {
    const mapping = call.lowering.parameter('TIMESTAMP_TYPE_MAPPING')?.toUpperCase();
    const target = { TIMESTAMP_LTZ, TIMESTAMP_TZ }[mapping ?? ''] ?? TIMESTAMP_NTZ;
    return toMoment(target, mode).lower(call);
  });
}

/**
 * Trailing precision and scale arguments: `TO_NUMBER(x, 12, 2)`, after a format when the first is
 * text.
 */
function toNumber(mode: Mode) {
  return custom(1, 4, (call) => {
    const hasFormat = call.has(1) && call.arg(1).type?.name === 'TEXT';
    const from = hasFormat ? 2 : 1;
    const precision = call.has(from) ? Number(call.constant(from)) : 38;
    const scale = call.has(from + 1) ? Number(call.constant(from + 1)) : 0;
    const type = numberType(precision, scale);
    const value = call.arg(0);
    if (!hasFormat) return call.lowering.convert(value, type, mode);
    if (/^X+$/i.test(call.constant(1))) return hexNumber(call, type, mode);
    const digits = typed(`regexp_replace(${call.text(0)}, '[$,\\s]', '', 'g')`, TEXT);
    return call.lowering.convert(digits, type, mode);
  });
}

/** Hexadecimal text; DuckDB reads 16 digits of it. */
function hexNumber(call: Call, type: SnowflakeType, mode: Mode): Typed {
  const cast = mode === 'try' ? 'TRY_CAST' : 'CAST';
  if (call.constant(1).length > 16)
    throw unsupported('TO_NUMBER of more than 16 hexadecimal digits');
  return typed(`${cast}(${cast}('0x' || ${call.text(0)} AS UBIGINT) AS ${duckdbType(type)})`, type);
}

function toText(call: Call): Typed {
  const value = call.arg(0);
  if (!call.has(1)) return call.lowering.convert(value, TEXT);
  const format = call.constant(1);
  const { lowering } = call;
  if (value.type?.name === 'DATE' || value.type?.name === 'TIME' || isTimestamp(value.type)) {
    const parameter = (name: string) => lowering.parameter(name);
    return typed(formatDate(value, format, { timezone: lowering.timezone, parameter }), TEXT);
  }
  if (value.type?.name === 'BINARY') {
    const isBase64 = format.toUpperCase() === 'BASE64';
    if (isBase64) return typed(`base64(${value.sql})`, TEXT);
    return typed(
      format.toUpperCase() === 'UTF-8' ? `decode(${value.sql})` : `hex(${value.sql})`,
      TEXT,
    );
  }
  if (format.toUpperCase() === 'TME' && value.type?.name === 'FLOAT') {
    return typed(scientificFloat(value.sql), TEXT);
  }
  return typed(numericFormat(call.as(0, numberType(38, 12)), format), TEXT);
}

function toBinary(mode: Mode) {
  return custom(1, 2, (call) => {
    const format = call.has(1) ? call.constant(1).toUpperCase() : 'HEX';
    const text = call.text(0);
    if (format === 'UTF-8' || format === 'UTF8') return typed(`encode(${text})`, BINARY);
    if (format === 'BASE64') return typed(`from_base64(${text})`, BINARY);
    const isHex = `regexp_full_match(${text}, '([0-9A-Fa-f]{2})*')`;
    return typed(
      mode === 'try' ? `CASE WHEN ${isHex} THEN unhex(${text}) END` : `unhex(${text})`,
      BINARY,
    );
  });
}

function toType(target: SnowflakeType, mode: Mode) {
  return custom(1, 1, (call) => call.lowering.convert(call.arg(0), target, mode));
}

export const CONVERSION: FunctionFamily = {
  name: 'conversion',
  functions: {
    ...aliases(custom(1, 2, toText), 'TO_CHAR', 'TO_VARCHAR'),
    ...aliases(toNumber('cast'), 'TO_NUMBER', 'TO_DECIMAL', 'TO_NUMERIC'),
    ...aliases(toNumber('try'), 'TRY_TO_NUMBER', 'TRY_TO_DECIMAL', 'TRY_TO_NUMERIC'),
    TO_DOUBLE: toType(FLOAT, 'cast'),
    TRY_TO_DOUBLE: toType(FLOAT, 'try'),
    TO_BOOLEAN: toType(BOOLEAN, 'cast'),
    TRY_TO_BOOLEAN: toType(BOOLEAN, 'try'),
    TO_BINARY: toBinary('cast'),
    TRY_TO_BINARY: toBinary('try'),
    ...aliases(toMoment(DATE, 'cast'), 'TO_DATE', 'DATE'),
    TRY_TO_DATE: toMoment(DATE, 'try'),
    ...aliases(toMoment(TIME, 'cast'), 'TO_TIME', 'TIME'),
    TRY_TO_TIME: toMoment(TIME, 'try'),
    TO_TIMESTAMP: mapped('cast'),
    TRY_TO_TIMESTAMP: mapped('try'),
    TO_TIMESTAMP_NTZ: toMoment(TIMESTAMP_NTZ, 'cast'),
    TO_TIMESTAMP_LTZ: toMoment(TIMESTAMP_LTZ, 'cast'),
    TO_TIMESTAMP_TZ: toMoment(TIMESTAMP_TZ, 'cast'),
    TRY_TO_TIMESTAMP_NTZ: toMoment(TIMESTAMP_NTZ, 'try'),
    TRY_TO_TIMESTAMP_LTZ: toMoment(TIMESTAMP_LTZ, 'try'),
    TRY_TO_TIMESTAMP_TZ: toMoment(TIMESTAMP_TZ, 'try'),
    TRY_HEX_DECODE_STRING: scalar(
      'text',
      TEXT,
      (text) =>
        `CASE WHEN regexp_full_match(${text}, '([0-9A-Fa-f]{2})*') THEN decode(unhex(${text})) END`,
    ),
  },
  macros: [
    ...NUMBER_FORMAT_MACROS,
    `sf_nine_digits(_sf_s) AS regexp_replace(_sf_s, '\\.(\\d{1,9})', '.' || rpad(regexp_extract(_sf_s, '\\.(\\d{1,9})', 1), 9, '0'))`,
  ],
};

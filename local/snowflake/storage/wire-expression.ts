import { duckdbType, type SnowflakeType } from '../types.ts';

const NANOS = 1_000_000_000;
const NANO_DIGITS = 9;

/**
 * Digits of times behind the point: nine in the SQL API, as many as the type has to drivers, some of
 * which read the text as a whole number of the smallest digit.
 * https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses
 */
export type FractionDigits = 'nine' | 'scale';

/** Decimal seconds with `digits` behind the point of a BIGINT of nanoseconds, exact and signed. */
function seconds(nanos: string, digits: number): string {
  const unit = 10 ** (NANO_DIGITS - digits);
  const fraction = (value: string) =>
    `'.', lpad(CAST((${value} % ${NANOS}) // ${unit} AS VARCHAR), ${digits}, '0')`;
  const text = (value: string) =>
    `concat(${value} // ${NANOS}${digits > 0 ? `, ${fraction(value)}` : ''})`;
  return (
    `CASE WHEN ${nanos} >= 0 THEN ${text(nanos)} ` +
    `WHEN ${nanos} < 0 THEN '-' || ${text(`(-${nanos})`)} END`
  );
}

/** Whole numbers without `.0`, `inf`, `-inf` and `NaN` as Snowflake writes them. */
function real(value: string): string {
  return (
    `CASE WHEN isnan(${value}) THEN 'NaN' WHEN isinf(${value}) THEN CAST(${value} AS VARCHAR) ` +
    `WHEN abs(${value}) < 1e15 AND ${value} = trunc(${value}) ` +
    `THEN CAST(CAST(${value} AS BIGINT) AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END`
  );
}

/**
 * Objects and arrays over several lines, two spaces a level; DuckDB indents by four. Values of one
 * level, which most are, need no splitting into lines.
 */
function prettyJson(value: string): string {
  const text = `CAST(${value} AS VARCHAR)`;
  const pretty = `json_pretty(${value})`;
  const halved =
    "repeat(' ', (length(_sf_line) - length(ltrim(_sf_line, ' '))) // 2) || ltrim(_sf_line, ' ')";
  const lines = `list_transform(string_split(${pretty}, chr(10)), LAMBDA _sf_line: ${halved})`;
  const indent = (spaces: number) => `chr(10) || '${' '.repeat(spaces)}'`;
  return (
    `CASE WHEN left(${text}, 1) NOT IN ('{', '[') THEN ${text} ` +
    `WHEN contains(${pretty}, ${indent(8)}) THEN array_to_string(${lines}, chr(10)) ` +
    `ELSE replace(${pretty}, ${indent(4)}, ${indent(2)}) END`
  );
}

/**
 * DuckDB expression for the wire form of a value (see ResultPartition); `value` is a DuckDB
 * expression that is written more than once, so a column name.
 */
export function wireExpression(
  type: SnowflakeType,
  value: string,
  fraction: FractionDigits = 'nine',
): string {
  const digits = fraction === 'nine' ? NANO_DIGITS : (type.scale ?? NANO_DIGITS);
  const typed = `CAST(${value} AS ${duckdbType(type)})`;
  switch (type.name) {
    case 'FLOAT':
      return real(typed);
    case 'BOOLEAN':
      return `CASE ${value} WHEN TRUE THEN '1' WHEN FALSE THEN '0' END`;
    case 'DATE':
      return `CAST(${typed} - DATE '1970-01-01' AS VARCHAR)`;
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
      return seconds(`epoch_ns(${typed})`, digits);
    case 'TIMESTAMP_TZ':
      return `${seconds(`epoch_ns(${value}."utc")`, digits)} || ' ' || (${value}."offset" + 1440)`;
    case 'BINARY':
      return `hex(${typed})`;
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return prettyJson(typed);
    default:
      return `CAST(${typed} AS VARCHAR)`;
  }
}

/** Inverse of wireExpression: the value of `type` that a wire text stands for. */
export function valueExpression(type: SnowflakeType, text: string): string {
  const nanos = (of: string) => `CAST(CAST(${of} AS DECIMAL(28,9)) * ${NANOS} AS BIGINT)`;
  switch (type.name) {
    case 'BOOLEAN':
      return `(${text} = '1')`;
    case 'DATE':
      return `(DATE '1970-01-01' + CAST(${text} AS INTEGER))`;
    case 'TIME':
      return `CAST(make_timestamp_ns(${nanos(text)}) AS TIME_NS)`;
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
      return `make_timestamp_ns(${nanos(text)})`;
    case 'TIMESTAMP_TZ':
      return (
        `CASE WHEN ${text} IS NOT NULL THEN ` +
        `{'utc': make_timestamp_ns(${nanos(`split_part(${text}, ' ', 1)`)}), ` +
        `'offset': CAST(CAST(split_part(${text}, ' ', 2) AS INTEGER) - 1440 AS SMALLINT)} END`
      );
    case 'BINARY':
      return `unhex(${text})`;
    default:
      return `CAST(${text} AS ${duckdbType(type)})`;
  }
}

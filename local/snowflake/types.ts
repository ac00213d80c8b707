/** Snowflake's data types as the catalog keeps them, and the DuckDB types that hold their values. */

export type SnowflakeTypeName =
  | 'NUMBER'
  | 'FLOAT'
  | 'TEXT'
  | 'BOOLEAN'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP_NTZ'
  | 'TIMESTAMP_LTZ'
  | 'TIMESTAMP_TZ'
  | 'VARIANT'
  | 'OBJECT'
  | 'ARRAY'
  | 'BINARY';

export interface SnowflakeType {
  readonly name: SnowflakeTypeName;
  /** NUMBER: digits in all, 1 to 38. */
  readonly precision?: number;
  /** NUMBER: digits after the point. TIME and TIMESTAMP: fractional digits, 0 to 9. */
  readonly scale?: number;
  /** TEXT: characters; BINARY: bytes. */
  readonly length?: number;
}

/** Longest VARCHAR; https://docs.snowflake.com/en/sql-reference/data-types-text */
export const MAX_TEXT_LENGTH = 16_777_216;

/**
 * DuckDB's type for a Snowflake type.
 * VARIANT, OBJECT and ARRAY are JSON: it keeps JSON null apart from SQL NULL. TIMESTAMP_TZ is a struct of the
 * instant and the offset in minutes, because DuckDB's TIMESTAMPTZ has no offset; the instant comes first, so that
 * ordering is by instant. All timestamps are TIMESTAMP_NS for nine digits (years 1677 to 2262).
 */
export function duckdbType(type: SnowflakeType): string {
  switch (type.name) {
    case 'NUMBER':
      return `DECIMAL(${type.precision ?? 38},${type.scale ?? 0})`;
    case 'FLOAT':
      return 'DOUBLE';
    case 'TEXT':
      return 'VARCHAR';
    case 'BOOLEAN':
      return 'BOOLEAN';
    case 'DATE':
      return 'DATE';
    case 'TIME':
      return 'TIME_NS';
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
      return 'TIMESTAMP_NS';
    case 'TIMESTAMP_TZ':
      return 'STRUCT("utc" TIMESTAMP_NS, "offset" SMALLINT)';
    case 'BINARY':
      return 'BLOB';
    default:
      return 'JSON';
  }
}

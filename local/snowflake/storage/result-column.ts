import type { ScopeColumn } from '../sql/scope.ts';
import type { ResultColumn, WireType } from '../statement.ts';
import { MAX_TEXT_LENGTH, type SnowflakeType, type SnowflakeTypeName } from '../types.ts';

const WIRE_TYPES: Readonly<Record<SnowflakeTypeName, WireType>> = {
  NUMBER: 'fixed',
  FLOAT: 'real',
  TEXT: 'text',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP_NTZ: 'timestamp_ntz',
  TIMESTAMP_LTZ: 'timestamp_ltz',
  TIMESTAMP_TZ: 'timestamp_tz',
  VARIANT: 'variant',
  OBJECT: 'object',
  ARRAY: 'array',
  BINARY: 'binary',
};

/**
 * Longest BINARY;
 * https://docs.snowflake.com/en/sql-reference/data-types-text#data-types-for-binary-strings
 */
export const MAX_BINARY_LENGTH = 8_388_608;

type Measures = Pick<ResultColumn, 'precision' | 'scale' | 'length' | 'byteLength'>;

const NONE: Measures = { precision: null, scale: null, length: null, byteLength: null };

function measures(type: SnowflakeType): Measures {
  switch (type.name) {
    case 'NUMBER':
      return { ...NONE, precision: type.precision ?? 38, scale: type.scale ?? 0 };
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return { ...NONE, precision: 0, scale: type.scale ?? 9 };
    case 'TEXT': {
      const length = type.length ?? MAX_TEXT_LENGTH;
      return { ...NONE, length, byteLength: Math.min(length * 4, MAX_TEXT_LENGTH) };
    }
    case 'BINARY': {
      const length = type.length ?? MAX_BINARY_LENGTH;
      return { ...NONE, length, byteLength: length };
    }
    default:
      return NONE;
  }
}

/** A column as Snowflake's `rowtype` describes it. */
export function resultColumn(column: ScopeColumn): ResultColumn {
  return {
    name: column.name,
    type: WIRE_TYPES[column.type.name],
    nullable: column.nullable,
    ...measures(column.type),
  };
}

/** The type that a result's column had. */
export function columnType(column: ResultColumn): SnowflakeType {
  const names = Object.keys(WIRE_TYPES) as SnowflakeTypeName[];
  const name = names.find((each) => WIRE_TYPES[each] === column.type) ?? 'TEXT';
  return {
    name,
    ...(column.type === 'fixed' && column.precision !== null
      ? { precision: column.precision }
      : {}),
    ...(column.scale !== null ? { scale: column.scale } : {}),
    ...(column.length !== null ? { length: column.length } : {}),
  };
}

import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Struct,
  Utf8,
} from 'apache-arrow';
import type { ScopeColumn } from '../../sql/scope.ts';
import type { ResultColumn } from '../../statement.ts';
import type { SnowflakeType } from '../../types.ts';
import { resultColumn } from '../result-column.ts';

/**
 * Snowflake's Arrow encoding as its drivers read it:
 * https://github.com/snowflakedb/snowflake-connector-python/tree/main/src/snowflake/connector/nanoarrow_cpp/ArrowIterator
 * and https://github.com/snowflakedb/snowflake-jdbc/tree/master/src/main/java/net/snowflake/client/core/arrow
 */

/** Timestamps with more digits than this are a struct of seconds and nanoseconds. */
export const LARGEST_SCALED_DIGITS = 7;

/** TIMESTAMP_TZ with more digits than this has its nanoseconds in a field of their own. */
export const LARGEST_SCALED_TZ_DIGITS = 3;

const MAX_PRECISION = 38;

/** A NUMBER is an integer of its scaled value: the smallest that every value of its precision fits. */
function numberType({ precision = MAX_PRECISION, scale = 0 }: SnowflakeType, isWide: boolean) {
  if (isWide) return new Decimal(scale, MAX_PRECISION, 128);
  if (precision <= 2) return new Int8();
  if (precision <= 4) return new Int16();
  return precision <= 9 ? new Int32() : new Int64();
}

const epoch = () => new Field('epoch', new Int64(), true);
const fraction = () => new Field('fraction', new Int32(), true);
const timezone = () => new Field('timezone', new Int32(), true);

function arrowType(type: SnowflakeType, isWide: boolean): DataType {
  const { scale = 9 } = type;
  switch (type.name) {
    case 'NUMBER':
      return numberType(type, isWide);
    case 'FLOAT':
      return new Float64();
    case 'BOOLEAN':
      return new Bool();
    case 'DATE':
      return new DateDay();
    case 'TIME':
      return new Int64();
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
      return scale > LARGEST_SCALED_DIGITS ? new Struct([epoch(), fraction()]) : new Int64();
    case 'TIMESTAMP_TZ':
      return new Struct(
        scale > LARGEST_SCALED_TZ_DIGITS
          ? [epoch(), fraction(), timezone()]
          : [epoch(), timezone()],
      );
    case 'BINARY':
      return new Binary();
    default:
      return new Utf8();
  }
}

/** Drivers tell a TIMESTAMP_TZ of two fields from one of three by this. */
const tzByteLength = ({ scale }: ResultColumn) =>
  (scale ?? 9) > LARGEST_SCALED_TZ_DIGITS ? 16 : 8;

function metadata(column: ResultColumn) {
  const { type, precision, scale, length } = column;
  const byteLength = type === 'timestamp_tz' ? tzByteLength(column) : column.byteLength;
  return new Map([
    ['logicalType', type.toUpperCase()],
    ['precision', String(precision ?? 0)],
    ['scale', String(scale ?? 0)],
    ['charLength', String(length ?? 0)],
    ['byteLength', String(byteLength ?? 0)],
    ['finalType', 'T'],
  ]);
}

/** The Arrow field of a column; `isWide` when a NUMBER has values beyond 64 bits. */
export function arrowField(column: ScopeColumn, isWide: boolean): Field {
  const described = resultColumn(column);
  return new Field(
    column.name,
    arrowType(column.type, isWide),
    column.nullable,
    metadata(described),
  );
}

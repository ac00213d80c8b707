import { type DataType, DataType as Kind, type Struct } from 'apache-arrow';
import type { ScopeColumn } from '../../sql/scope.ts';
import { duckdbType, type SnowflakeType } from '../../types.ts';
import { wireExpression } from '../wire-expression.ts';
import {
  type ArrayBuilder,
  BATCH_ROWS,
  BooleanBuilder,
  DecimalBuilder,
  Int64Builder,
  NumberBuilder,
  StructBuilder,
} from './builders.ts';
import { BytesBuilder } from './bytes-builder.ts';
import { LARGEST_SCALED_DIGITS, LARGEST_SCALED_TZ_DIGITS } from './fields.ts';

const NANO_DIGITS = 9;
const NANOS = '1000000000';

/** Quotient and remainder of a BIGINT, rounded towards the past, as times before 1970 need it. */
const remainder = (value: string, by: string) => `((${value} % ${by} + ${by}) % ${by})`;
const quotient = (value: string, by: string) =>
  `CAST((${value} - ${remainder(value, by)}) // ${by} AS BIGINT)`;

/** Nanoseconds as a count of the type's smallest digit. */
const scaled = (nanos: string, digits: number) =>
  digits === NANO_DIGITS ? nanos : quotient(nanos, `1${'0'.repeat(NANO_DIGITS - digits)}`);

const split = (nanos: string) => [
  quotient(nanos, NANOS),
  `CAST(${remainder(nanos, NANOS)} AS INTEGER)`,
];

/** DuckDB expressions of the parts that a column's array is made of. */
function fixedParts({ name, scale = NANO_DIGITS }: SnowflakeType, value: string): string[] {
  switch (name) {
    case 'DATE':
      return [`CAST(${value} - DATE '1970-01-01' AS INTEGER)`];
    case 'TIME':
      return [scaled(`epoch_ns(${value})`, scale)];
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ': {
      const nanos = `epoch_ns(${value})`;
      return scale > LARGEST_SCALED_DIGITS ? split(nanos) : [scaled(nanos, scale)];
    }
    case 'TIMESTAMP_TZ': {
      const nanos = `epoch_ns(${value}."utc")`;
      const zone = `CAST(${value}."offset" + 1440 AS INTEGER)`;
      return scale > LARGEST_SCALED_TZ_DIGITS
        ? [...split(nanos), zone]
        : [scaled(nanos, scale), zone];
    }
    default:
      return [value];
  }
}

const IN_BYTES: ReadonlySet<string> = new Set(['TEXT', 'VARIANT', 'OBJECT', 'ARRAY', 'BINARY']);

/** Whether a column's values have no fixed size and so travel in the row's packed bytes. */
export const isPacked = ({ type }: ScopeColumn): boolean => IN_BYTES.has(type.name);

function bytesExpression(type: SnowflakeType, value: string): string {
  return type.name === 'BINARY' ? value : `encode(${wireExpression(type, value)})`;
}

/**
 * DuckDB SQL over a query: one column for each part of an array, the lengths of texts among them,
 * and last the bytes of all the row's texts in one value. One value a row is read several times
 * faster than one for each text.
 */
export function arrowSourceSql(sql: string, columns: readonly ScopeColumn[]): string {
  const names = columns.map((_, index) => `"c${index}"`);
  const packed = columns.flatMap((column, index) => (isPacked(column) ? [index] : []));
  const inner = columns.map((column, index) => {
    const value = `_sf_row."c${index}"`;
    const typed = `CAST(${value} AS ${duckdbType(column.type)})`;
    return `${isPacked(column) ? bytesExpression(column.type, value) : typed} AS "v${index}"`;
  });
  const parts = columns.flatMap((column, index) => {
    const value = `_sf_cell."v${index}"`;
    if (isPacked(column)) return [`CAST(octet_length(${value}) AS INTEGER)`];
    return fixedParts(column.type, value);
  });
  const bytes = packed.map((index) => `coalesce(_sf_cell."v${index}", ''::BLOB)`);
  const outer = bytes.length > 0 ? [...parts, bytes.join(' || ')] : parts;
  const row = `SELECT ${inner.join(', ')} FROM (${sql}) AS _sf_row(${names.join(', ')})`;
  return `SELECT ${outer.join(', ')} FROM (${row}) AS _sf_cell`;
}

/** What gathers values of an Arrow type. */
export function createBuilder(type: DataType): ArrayBuilder {
  if (Kind.isStruct(type)) {
    const { children } = type as Struct;
    return new StructBuilder(
      type,
      children.map((field) => createBuilder(field.type)),
    );
  }
  if (Kind.isUtf8(type) || Kind.isBinary(type)) return new BytesBuilder(type);
  if (Kind.isBool(type)) return new BooleanBuilder(type);
  if (Kind.isDecimal(type)) return new DecimalBuilder(type);
  if (Kind.isFloat(type)) return new NumberBuilder(type, () => new Float64Array(BATCH_ROWS));
  if (Kind.isInt(type) && type.bitWidth === 64) return new Int64Builder(type);
  if (Kind.isInt(type) && type.bitWidth === 8) {
    return new NumberBuilder(type, () => new Int8Array(BATCH_ROWS));
  }
  if (Kind.isInt(type) && type.bitWidth === 16) {
    return new NumberBuilder(type, () => new Int16Array(BATCH_ROWS));
  }
  return new NumberBuilder(type, () => new Int32Array(BATCH_ROWS));
}

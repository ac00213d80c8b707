import type { SnowflakeType, SnowflakeTypeName } from '../../types.ts';
import { compilationError } from '../errors.ts';
import { isSemiStructured, numberType, precisionOf, scaleOf, typeText, VARIANT } from './names.ts';

/** Widest first: of two types that convert, the one nearer the front is the common type. */
const PRECEDENCE: readonly SnowflakeTypeName[] = [
  'VARIANT',
  'OBJECT',
  'ARRAY',
  'TIMESTAMP_TZ',
  'TIMESTAMP_LTZ',
  'TIMESTAMP_NTZ',
  'DATE',
  'TIME',
  'FLOAT',
  'NUMBER',
  'BOOLEAN',
  'BINARY',
  'TEXT',
];

const GROUPS: Readonly<Record<SnowflakeTypeName, string>> = {
  VARIANT: 'any',
  OBJECT: 'any',
  ARRAY: 'any',
  TIMESTAMP_TZ: 'point',
  TIMESTAMP_LTZ: 'point',
  TIMESTAMP_NTZ: 'point',
  DATE: 'point',
  TIME: 'time',
  FLOAT: 'number',
  NUMBER: 'number',
  BOOLEAN: 'boolean',
  BINARY: 'binary',
  TEXT: 'text',
};

function sameName(left: SnowflakeType, right: SnowflakeType): SnowflakeType {
  if (left.name === 'NUMBER') {
    const scale = Math.max(scaleOf(left), scaleOf(right));
    const whole = Math.max(precisionOf(left) - scaleOf(left), precisionOf(right) - scaleOf(right));
    return numberType(whole + scale, scale);
  }
  if (left.name === 'TEXT' || left.name === 'BINARY') {
    return (left.length ?? Infinity) >= (right.length ?? Infinity) ? left : right;
  }
  return (left.scale ?? 9) >= (right.scale ?? 9) ? left : right;
}

/**
 * The type that both values convert to where they must agree: comparisons, CASE, COALESCE, set
 * operations. https://docs.snowflake.com/en/sql-reference/data-type-conversion
 * @throws SnowflakeError 002016 when there is none.
 */
export function commonType(
  left: SnowflakeType | null,
  right: SnowflakeType | null,
): SnowflakeType | null {
  if (!left || !right) return left ?? right;
  if (left.name === right.name) return sameName(left, right);
  const [wide, narrow] =
    PRECEDENCE.indexOf(left.name) < PRECEDENCE.indexOf(right.name) ? [left, right] : [right, left];
  if (isSemiStructured(wide)) return isSemiStructured(narrow) ? VARIANT : wide;
  const groups = new Set([GROUPS[wide.name], GROUPS[narrow.name]]);
  if (groups.size === 1 || groups.has('text')) return wide;
  if (groups.has('number') && groups.has('boolean')) return wide;
  throw compilationError(
    '002016',
    '22000',
    `Can not convert parameter of type [${typeText(narrow)}] into expected type [${typeText(wide)}]`,
  );
}

export function commonTypeOf(types: readonly (SnowflakeType | null)[]): SnowflakeType | null {
  return types.reduce<SnowflakeType | null>((left, right) => commonType(left, right), null);
}

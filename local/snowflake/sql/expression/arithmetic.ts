import { duckdbType, type SnowflakeType } from '../../types.ts';
import { invalidArguments } from '../errors.ts';
import { node } from '../syntax/node.ts';
import {
  DATE,
  FLOAT,
  INTEGER,
  isTimestamp,
  numberType,
  precisionOf,
  scaleOf,
  TEXT,
  typeText,
} from '../types/names.ts';
import { addInterval, isInterval } from './interval.ts';
import type { Lowering } from './lowering.ts';
import type { Rewrite } from './rewrite.ts';
import { NULL_TEXT, NULL_VALUE, type Typed, typed } from './typed.ts';

type Operator = '+' | '-' | '*' | '/' | '%';

/**
 * A text in arithmetic counts as NUMBER(18,5);
 * https://docs.snowflake.com/en/sql-reference/data-type-conversion
 */
const TEXT_AS_NUMBER = numberType(18, 5);

/** The operand as NUMBER or FLOAT. */
export function numeric(value: Typed, lowering: Lowering): Typed {
  switch (value.type?.name) {
    case 'NUMBER':
    case 'FLOAT':
      return value;
    case 'TEXT':
      return lowering.convert(value, TEXT_AS_NUMBER);
    case 'BOOLEAN':
      return lowering.convert(value, INTEGER);
    case 'VARIANT':
      return lowering.convert(value, FLOAT);
    case undefined:
      return lowering.convert(value, INTEGER);
    default:
      throw invalidArguments('arithmetic', [typeText(value.type)]);
  }
}

/**
 * Type of the result of an operator on two NUMBERs.
 * https://docs.snowflake.com/en/sql-reference/operators-arithmetic
 */
export function resultType(operator: Operator, left: SnowflakeType, right: SnowflakeType) {
  const [s1, s2] = [scaleOf(left), scaleOf(right)];
  const [l1, l2] = [precisionOf(left) - s1, precisionOf(right) - s2];
  if (operator === '*') {
    const scale = Math.min(s1 + s2, Math.max(s1, s2, 12));
    return numberType(l1 + l2 + scale, scale);
  }
  if (operator === '/') {
    const scale = Math.max(s1, Math.min(s1 + 6, 12));
    return numberType(l1 + s2 + scale, scale);
  }
  const scale = Math.max(s1, s2);
  if (operator === '%') return numberType(Math.max(l1, l2) + scale, scale);
  return numberType(Math.max(l1, l2) + scale + 1, scale);
}

/** A decimal as the whole number of its last digits: 1.50 is 150. */
function unscaled(value: Typed): string {
  const scale = value.type ? scaleOf(value.type) : 0;
  if (scale === 0) return value.sql;
  return `(${value.sql} * CAST(1${'0'.repeat(scale)} AS DECIMAL(${scale + 1},0)))`;
}

/** A whole number of last digits as a decimal of that scale. */
function scaled(sql: string, type: SnowflakeType): string {
  const scale = scaleOf(type);
  if (scale === 0) return `CAST(${sql} AS ${duckdbType(type)})`;
  const unit = `0.${'0'.repeat(scale - 1)}1`;
  return `CAST(CAST(${sql} AS DECIMAL(38,0)) * ${unit} AS ${duckdbType(type)})`;
}

/** Exact division, rounded half away from zero at the scale of `type`. */
export function divide(left: Typed, right: Typed, type: SnowflakeType): string {
  const [s1, s2] = [scaleOf(left.type ?? INTEGER), scaleOf(right.type ?? INTEGER)];
  const shift = scaleOf(type) - s1 + s2;
  const quotient = `sf_div(${unscaled(left)}, ${unscaled(right)}, 1${'0'.repeat(shift)})`;
  return scaled(quotient, type);
}

/** DuckDB multiplies to the sum of the scales and refuses more than 38. */
function multiply(left: Typed, right: Typed, type: SnowflakeType): string {
  const [s1, s2] = [scaleOf(left.type ?? INTEGER), scaleOf(right.type ?? INTEGER)];
  if (s1 + s2 <= 38) return `(${left.sql} * ${right.sql})`;
  const half = Math.ceil(scaleOf(type) / 2) + 6;
  const [a, b] = [left, right].map(
    (side) => `CAST(${side.sql} AS DECIMAL(38,${Math.min(half, scaleOf(side.type ?? INTEGER))}))`,
  );
  return `(${a} * ${b})`;
}

function decimalArithmetic(operator: Operator, left: Typed, right: Typed): Typed {
  const type = resultType(operator, left.type ?? INTEGER, right.type ?? INTEGER);
  if (operator === '/') return typed(divide(left, right, type), type);
  if (operator === '*') {
    return typed(`CAST(${multiply(left, right, type)} AS ${duckdbType(type)})`, type);
  }
  const sql = `(${left.sql} ${operator} ${right.sql})`;
  return typed(`CAST(${sql} AS ${duckdbType(type)})`, type);
}

function floatArithmetic(operator: Operator, left: Typed, right: Typed, lowering: Lowering) {
  const [a, b] = [lowering.sqlAs(left, FLOAT), lowering.sqlAs(right, FLOAT)];
  return typed(operator === '/' ? `sf_float_div(${a}, ${b})` : `(${a} ${operator} ${b})`, FLOAT);
}

/** DATE ± days, DATE - DATE, and dates ± INTERVAL; undefined when neither side is a date. */
function dateArithmetic(operator: Operator, left: Typed, right: Typed, lowering: Lowering) {
  if (isInterval(right)) return addInterval(left, right, operator === '-', lowering);
  if (isInterval(left)) return addInterval(right, left, false, lowering);
  const names = [left.type?.name, right.type?.name];
  if (operator === '-' && names[0] === 'DATE' && names[1] === 'DATE') {
    return typed(`CAST((${left.sql} - ${right.sql}) AS DECIMAL(9,0))`, numberType(9, 0));
  }
  if (names[0] === 'DATE') return addDays(left, right, operator, lowering);
  if (names[1] === 'DATE' && operator === '+') return addDays(right, left, operator, lowering);
  if (isTimestamp(left.type) || isTimestamp(right.type)) {
    throw invalidArguments(operator, [typeText(left.type), typeText(right.type)]);
  }
  return undefined;
}

function addDays(date: Typed, days: Typed, operator: Operator, lowering: Lowering): Typed {
  if (operator !== '+' && operator !== '-') {
    throw invalidArguments(operator, [typeText(date.type), typeText(days.type)]);
  }
  return typed(`(${date.sql} ${operator} CAST(${numeric(days, lowering).sql} AS INTEGER))`, DATE);
}

/** One of the five operators on values of any type. */
export function arithmetic(
  operator: Operator,
  left: Typed,
  right: Typed,
  lowering: Lowering,
): Typed {
  if (!left.type && !right.type) return NULL_VALUE;
  const dates = dateArithmetic(operator, left, right, lowering);
  if (dates) return dates;
  const [a, b] = [numeric(left, lowering), numeric(right, lowering)];
  if (a.type?.name === 'FLOAT' || b.type?.name === 'FLOAT') {
    return floatArithmetic(operator, a, b, lowering);
  }
  return decimalArithmetic(operator, a, b);
}

function binary(operator: Operator): Rewrite {
  return (fields, lowering) => {
    const [left, right] = lowering.expressions([node(fields, 'left'), node(fields, 'right')]);
    return arithmetic(operator, left ?? NULL_VALUE, right ?? NULL_VALUE, lowering);
  };
}

export const ARITHMETIC_REWRITES: Readonly<Record<string, Rewrite>> = {
  add: binary('+'),
  sub: binary('-'),
  mul: binary('*'),
  div: binary('/'),
  mod: binary('%'),
  neg(fields, lowering) {
    const value = numeric(lowering.expression(node(fields, 'this')), lowering);
    const constant = value.constant === undefined ? {} : { constant: `-${value.constant}` };
    return { sql: `(-${value.sql})`, type: value.type, ...constant };
  },
  concat(fields, lowering) {
    const sides = lowering.expressions([node(fields, 'left'), node(fields, 'right')]);
    if (sides.some((side) => !side.type)) return NULL_TEXT;
    if (sides.every((side) => side.type?.name === 'BINARY')) {
      return typed(`(${sides.map((side) => side.sql).join(' || ')})`, sides[0]?.type ?? TEXT);
    }
    return typed(`(${sides.map((side) => lowering.sqlAs(side, TEXT)).join(' || ')})`, TEXT);
  },
};

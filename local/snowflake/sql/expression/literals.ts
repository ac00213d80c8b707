import { duckdbType, type SnowflakeType } from '../../types.ts';
import { nameOf, only } from '../syntax/node.ts';
import { BOOLEAN, FLOAT, numberType } from '../types/names.ts';
import type { Rewrite } from './rewrite.ts';
import { NULL_VALUE, type Typed, textLiteral } from './typed.ts';

/** Type of a number as written: `1.50` is NUMBER(3,2), `1e3` FLOAT. */
function numberLiteralType(text: string): SnowflakeType {
  if (/[eE]/.test(text)) return FLOAT;
  const [whole = '', fraction = ''] = text.split('.');
  const digits = whole.replace(/^0+/, '').length;
  if (digits + fraction.length > 38) return FLOAT;
  return numberType(Math.max(1, digits + fraction.length), fraction.length);
}

/** A number as a DuckDB expression of its exact type. */
export function numberLiteral(text: string): Typed {
  const type = numberLiteralType(text);
  const digits = text.startsWith('.') ? `0${text}` : text;
  const isPlainDecimal = type.name === 'NUMBER' && type.scale !== 0 && /^[1-9]/.test(digits);
  const sql = isPlainDecimal ? digits : `CAST(${digits} AS ${duckdbType(type)})`;
  return { sql, type, constant: text, nullable: false };
}

/** Literals: texts come by their index from the normalized source. */
export const LITERAL_REWRITES: Readonly<Record<string, Rewrite>> = {
  literal(fields, { source }) {
    const value = String(fields.value);
    if (fields.literal_type === 'number') return numberLiteral(value);
    return textLiteral(source.literals[Number(value)] ?? '');
  },
  boolean: (fields) => ({
    sql: fields.value === true ? 'TRUE' : 'FALSE',
    type: BOOLEAN,
    nullable: false,
  }),
  null: () => NULL_VALUE,
  paren: (fields, lowering) => {
    const { sql, ...rest } = lowering.expression(fields.this as never);
    return { ...rest, sql: sql.startsWith('(') && isWrapped(sql) ? sql : `(${sql})` };
  },
  column(fields, { frame }) {
    only('column', fields, ['name', 'table']);
    return frame.resolve({ name: nameOf(fields, 'name') ?? '', table: nameOf(fields, 'table') });
  },
};

/** Whether the first parenthesis closes at the end. */
function isWrapped(sql: string): boolean {
  if (sql.includes("'") || sql.includes('"')) return false;
  let depth = 0;
  for (let at = 0; at < sql.length; at += 1) {
    if (sql[at] === '(') depth += 1;
    if (sql[at] === ')') depth -= 1;
    if (depth === 0) return at === sql.length - 1;
  }
  return false;
}

import { duckdbType, type SnowflakeType } from '../../types.ts';
import { placeOf, unsupported } from '../errors.ts';
import { type Fields, fieldsOf, kindOf, nameOf, node, only, record } from '../syntax/node.ts';
import { type Normalized, sourceOffset } from '../syntax/normalized.ts';
import { BOOLEAN, FLOAT, INTEGER, numberType } from '../types/names.ts';
import type { Lowering } from './lowering.ts';
import type { Rewrite } from './rewrite.ts';
import { NULL_VALUE, quoteText, type Typed, textLiteral } from './typed.ts';

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

/** Where a column stands in the source, for messages. */
function placeOfColumn(fields: Fields, source: Normalized): string {
  if (fields.this) return placeOfColumn(fieldsOf(node(fields, 'this')), source);
  const start = record(fields, 'span')?.start;
  return placeOf(source.source, typeof start === 'number' ? sourceOffset(source, start) : 0);
}

/** Parts of a dotted name: `db.schema.table.column`. */
function dottedParts(kind: string, fields: Fields): string[] {
  if (kind === 'column') {
    return [nameOf(fields, 'table'), nameOf(fields, 'name')].flatMap((part) => part ?? []);
  }
  if (kind !== 'dot') throw unsupported(`a name after ${kind.replaceAll('_', ' ')}`);
  const inner = node(fields, 'this');
  return [...dottedParts(kindOf(inner), fieldsOf(inner)), nameOf(fields, 'field') ?? ''];
}

/** A column by its dotted name, or the next value of a sequence. */
function named(parts: readonly string[], fields: Fields, lowering: Lowering): Typed {
  const name = parts.at(-1) ?? '';
  const owner = parts.slice(0, -1);
  const sequence =
    name === 'NEXTVAL' && owner.length > 0 ? lowering.scope.sequence(owner) : undefined;
  if (sequence !== undefined) {
    return { sql: `CAST(nextval(${quoteText(sequence)}) AS DECIMAL(38,0))`, type: INTEGER };
  }
  const place = () => placeOfColumn(fields, lowering.source);
  return lowering.frame.resolve({ name, table: owner.at(-1), place });
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
  column(fields, lowering) {
    only('column', fields, ['name', 'table']);
    return named(dottedParts('column', fields), fields, lowering);
  },
  dot(fields, lowering) {
    return named(dottedParts('dot', fields), fields, lowering);
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

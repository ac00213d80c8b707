import { duckdbType, type SnowflakeTypeName } from '../../types.ts';
import { notWritable, unknownObject, valueCount } from '../errors.ts';
import { numberLiteral } from '../expression/literals.ts';
import type { Lowering } from '../expression/lowering.ts';
import { NULL_VALUE, quoteText, type Typed, textLiteral, typed } from '../expression/typed.ts';
import { display } from '../query/frame.ts';
import type { ScopeColumn } from '../scope.ts';
import { isWord } from '../syntax/keywords.ts';
import type { Token } from '../tokenize.ts';
import type { TranslatedDml } from '../translate.ts';
import { BOOLEAN, TEXT } from '../types/names.ts';
import { insertInto } from './insert.ts';
import { assigned, targetColumns } from './target.ts';

interface Cursor {
  at: number;
}

function readName(tokens: readonly Token[], cursor: Cursor): string[] | undefined {
  const parts: string[] = [];
  for (;;) {
    const token = tokens[cursor.at];
    if (token?.kind !== 'word' && token?.kind !== 'quoted') return undefined;
    parts.push(token.value);
    cursor.at += 1;
    if (tokens[cursor.at]?.text !== '.') return parts;
    cursor.at += 1;
  }
}

function readColumns(tokens: readonly Token[], cursor: Cursor): string[] | undefined {
  if (tokens[cursor.at]?.text !== '(') return [];
  const columns: string[] = [];
  do {
    cursor.at += 1;
    const [name, ...deeper] = readName(tokens, cursor) ?? [];
    if (name === undefined || deeper.length > 0) return undefined;
    columns.push(name);
  } while (tokens[cursor.at]?.text === ',');
  if (tokens[cursor.at]?.text !== ')') return undefined;
  cursor.at += 1;
  return columns;
}

/** The constant at the cursor, or undefined when it is more than a literal. */
function readConstant(tokens: readonly Token[], cursor: Cursor): Typed | undefined {
  const isNegative = tokens[cursor.at]?.text === '-';
  const token = tokens[cursor.at + (isNegative ? 1 : 0)];
  if (!token) return undefined;
  cursor.at += isNegative ? 2 : 1;
  if (token.kind === 'number')
    return signed(numberLiteral(token.text.replace(/\.$/, '')), isNegative);
  if (isNegative) return undefined;
  if (token.kind === 'string') return textLiteral(token.value);
  if (isWord(token, 'NULL')) return NULL_VALUE;
  if (isWord(token, 'TRUE') || isWord(token, 'FALSE')) {
    return { sql: token.value, type: BOOLEAN, nullable: false };
  }
  return undefined;
}

function signed(value: Typed, isNegative: boolean): Typed {
  if (!isNegative) return value;
  return { ...value, sql: `(-${value.sql})`, constant: `-${value.constant}` };
}

/** Rows of constants up to the end, or undefined at the first thing that is more. */
function readRows(tokens: readonly Token[], cursor: Cursor): Typed[][] | undefined {
  const rows: Typed[][] = [];
  for (;;) {
    if (tokens[cursor.at]?.text !== '(') return undefined;
    const row: Typed[] = [];
    do {
      cursor.at += 1;
      const value = readConstant(tokens, cursor);
      if (!value) return undefined;
      row.push(value);
    } while (tokens[cursor.at]?.text === ',');
    if (tokens[cursor.at]?.text !== ')') return undefined;
    rows.push(row);
    cursor.at += 1;
    if (tokens[cursor.at] === undefined) return rows;
    if (tokens[cursor.at]?.text !== ',') return undefined;
    cursor.at += 1;
  }
}

/**
 * INSERT INTO t [(…)] VALUES with nothing but literals, straight from the tokens: the parser would
 * take seconds for the thousands of rows that a driver sends. Undefined when the statement is
 * anything else.
 */
export function lowerConstantInsert(
  tokens: readonly Token[],
  lowering: Lowering,
): TranslatedDml | undefined {
  if (!isWord(tokens[0], 'INSERT') || !isWord(tokens[1], 'INTO')) return undefined;
  const cursor: Cursor = { at: 2 };
  const parts = readName(tokens, cursor);
  const names = parts ? readColumns(tokens, cursor) : undefined;
  if (!parts || !names || !isWord(tokens[cursor.at], 'VALUES')) return undefined;
  cursor.at += 1;
  const rows = readRows(tokens, cursor);
  if (!rows) return undefined;
  const relation = lowering.scope.relation(parts);
  if (!relation) throw unknownObject(parts.map(display).join('.'));
  if (relation.isReadOnly) throw notWritable(parts.map(display).join('.'));
  const target = { parts, relation, alias: parts.at(-1) ?? '' };
  const columns = targetColumns(target, names);
  for (const row of rows) {
    if (row.length !== columns.length) throw valueCount(columns.length, row.length);
  }
  const source =
    (rows.length > FEW_ROWS ? textRows(rows, columns, lowering) : undefined) ??
    valueRows(rows, columns, lowering);
  return insertInto(target, columns, source, false);
}

/** Up to here VALUES is as fast, and easier to read. */
const FEW_ROWS = 50;
/** Types whose literals are converted once for the column, from text. */
const AS_TEXT: ReadonlySet<SnowflakeTypeName> = new Set(['NUMBER', 'FLOAT', 'TEXT']);
const PLAIN_LITERAL = /^(?:TIMESTAMP_NS|DATE|TIME_NS) '([^']*)'$/;

function valueRows(
  rows: readonly (readonly Typed[])[],
  columns: readonly ScopeColumn[],
  lowering: Lowering,
): string {
  const lines = rows.map((row) => {
    const cells = columns.map((column, index) =>
      assigned(row[index] ?? NULL_VALUE, column, lowering),
    );
    return `(${cells.join(', ')})`;
  });
  return `VALUES ${lines.join(', ')}`;
}

/**
 * Many rows as one JSON text, each column cast once: DuckDB binds that five times faster than as
 * many VALUES. Undefined when a value has no plain text form.
 */
function textRows(
  rows: readonly (readonly Typed[])[],
  columns: readonly ScopeColumn[],
  lowering: Lowering,
): string | undefined {
  const texts: (string | null)[][] = [];
  for (const row of rows) {
    const cells = columns.map((column, index) =>
      plainText(row[index] ?? NULL_VALUE, column, lowering),
    );
    if (cells.includes(undefined)) return undefined;
    texts.push(cells as (string | null)[]);
  }
  const items = columns.map((column, index) => {
    const cell = `"_sf_row"[${index + 1}]`;
    if (AS_TEXT.has(column.type.name)) return assigned(typed(cell, TEXT), column, lowering);
    return `CAST(${cell} AS ${duckdbType(column.type)})`;
  });
  const json = quoteText(JSON.stringify(texts));
  return `SELECT ${items.join(', ')} FROM (SELECT unnest(from_json(${json}, '[["VARCHAR"]]')) AS "_sf_row")`;
}

/** The text that casts to the value as the column keeps it. */
function plainText(
  value: Typed,
  column: ScopeColumn,
  lowering: Lowering,
): string | null | undefined {
  if (!value.type) return null;
  if (AS_TEXT.has(column.type.name)) {
    if (value.type.name !== 'BOOLEAN') return value.constant;
    const words = column.type.name === 'TEXT' ? ['true', 'false'] : ['1', '0'];
    return words[value.sql === 'TRUE' ? 0 : 1];
  }
  const sql = assigned(value, column, lowering);
  if (sql === 'TRUE' || sql === 'FALSE') return sql;
  return PLAIN_LITERAL.exec(sql)?.[1];
}

import { MAX_TEXT_LENGTH, type SnowflakeType, type SnowflakeTypeName } from '../../types.ts';
import { syntaxError, unsupported } from '../errors.ts';
import type { Token } from '../tokenize.ts';

export interface ParsedType {
  readonly type: SnowflakeType;
  /** Index of the first token after the type. */
  readonly next: number;
}

/** https://docs.snowflake.com/en/sql-reference/intro-summary-data-types */
const NAMES: Readonly<Record<string, SnowflakeTypeName>> = {
  NUMBER: 'NUMBER',
  DECIMAL: 'NUMBER',
  DEC: 'NUMBER',
  NUMERIC: 'NUMBER',
  INT: 'NUMBER',
  INTEGER: 'NUMBER',
  BIGINT: 'NUMBER',
  SMALLINT: 'NUMBER',
  TINYINT: 'NUMBER',
  BYTEINT: 'NUMBER',
  FLOAT: 'FLOAT',
  FLOAT4: 'FLOAT',
  FLOAT8: 'FLOAT',
  DOUBLE: 'FLOAT',
  REAL: 'FLOAT',
  VARCHAR: 'TEXT',
  STRING: 'TEXT',
  TEXT: 'TEXT',
  CHAR: 'TEXT',
  CHARACTER: 'TEXT',
  NCHAR: 'TEXT',
  NVARCHAR: 'TEXT',
  NVARCHAR2: 'TEXT',
  BOOLEAN: 'BOOLEAN',
  DATE: 'DATE',
  TIME: 'TIME',
  DATETIME: 'TIMESTAMP_NTZ',
  TIMESTAMP_NTZ: 'TIMESTAMP_NTZ',
  TIMESTAMPNTZ: 'TIMESTAMP_NTZ',
  TIMESTAMP_LTZ: 'TIMESTAMP_LTZ',
  TIMESTAMPLTZ: 'TIMESTAMP_LTZ',
  TIMESTAMP_TZ: 'TIMESTAMP_TZ',
  TIMESTAMPTZ: 'TIMESTAMP_TZ',
  VARIANT: 'VARIANT',
  OBJECT: 'OBJECT',
  ARRAY: 'ARRAY',
  BINARY: 'BINARY',
  VARBINARY: 'BINARY',
};

const FIXED_INTEGERS = new Set(['INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'BYTEINT']);
const ONE_CHARACTER = new Set(['CHAR', 'CHARACTER', 'NCHAR']);

/** Numbers in the parentheses at `at`, and the index after them. */
function readArguments(tokens: readonly Token[], at: number, sql: string) {
  if (tokens[at]?.text !== '(') return { values: [] as number[], next: at };
  const values: number[] = [];
  let index = at + 1;
  for (;;) {
    const token = tokens[index];
    if (token?.kind !== 'number') throw typeSyntax(tokens, index, sql);
    values.push(Number(token.value));
    const after = tokens[index + 1]?.text;
    index += 2;
    if (after === ')') return { values, next: index };
    if (after !== ',') throw typeSyntax(tokens, index - 1, sql);
  }
}

function typeSyntax(tokens: readonly Token[], at: number, sql: string) {
  const token = tokens[at];
  return syntaxError(sql, token?.start ?? sql.length, token?.text ?? '');
}

/** The words of the type name at `at`: one, or two for DOUBLE PRECISION and CHAR VARYING. */
function readName(tokens: readonly Token[], at: number, timestamp: SnowflakeTypeName) {
  const word = tokens[at]?.kind === 'word' ? (tokens[at]?.value ?? '') : '';
  const second = tokens[at + 1]?.value;
  if (word === 'TIMESTAMP') return { word, name: timestamp, next: at + 1 };
  if (word === 'DOUBLE' && second === 'PRECISION') return { word, name: NAMES[word], next: at + 2 };
  if (ONE_CHARACTER.has(word) && second === 'VARYING') {
    return { word: 'VARCHAR', name: NAMES[word], next: at + 2 };
  }
  return { word, name: NAMES[word], next: at + 1 };
}

function build(word: string, name: SnowflakeTypeName, values: readonly number[]): SnowflakeType {
  const [first, second] = values;
  switch (name) {
    case 'NUMBER':
      if (FIXED_INTEGERS.has(word)) return { name, precision: 38, scale: 0 };
      return { name, precision: first ?? 38, scale: second ?? 0 };
    case 'TEXT':
      return { name, length: first ?? (ONE_CHARACTER.has(word) ? 1 : MAX_TEXT_LENGTH) };
    case 'BINARY':
      return { name, length: first ?? 8_388_608 };
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return { name, scale: first ?? 9 };
    default:
      return { name };
  }
}

/**
 * The data type at `at` in the tokens of `sql`. `timestamp` is what a bare TIMESTAMP means (the
 * session parameter TIMESTAMP_TYPE_MAPPING).
 * @throws SnowflakeError 0A000 for a type not known and for structured OBJECT, ARRAY and MAP.
 */
export function parseType(
  tokens: readonly Token[],
  at: number,
  sql: string,
  timestamp: SnowflakeTypeName = 'TIMESTAMP_NTZ',
): ParsedType {
  const { word, name, next } = readName(tokens, at, timestamp);
  if (!name) {
    if (tokens[at]?.kind !== 'word') throw typeSyntax(tokens, at, sql);
    throw unsupported(`data type ${tokens[at]?.text ?? ''}`);
  }
  if ((name === 'OBJECT' || name === 'ARRAY') && tokens[next]?.text === '(') {
    throw unsupported(`structured ${name} type`);
  }
  const args = readArguments(tokens, next, sql);
  return { type: build(word, name, args.values), next: args.next };
}

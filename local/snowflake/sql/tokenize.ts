import { blockEnd } from '../scripting/block-end.ts';
import { syntaxError } from './errors.ts';
import { readDollarString, readQuotedIdentifier, readString } from './syntax/read-literal.ts';

export type TokenKind =
  | 'word'
  | 'quoted'
  | 'string'
  | 'number'
  | 'symbol'
  | 'bind'
  | 'variable'
  | 'positional'
  | 'stage'
  | 'file';

/** One token of Snowflake SQL; `start` and `end` are offsets into the text. */
export interface Token {
  readonly kind: TokenKind;
  /** Exactly as written. */
  readonly text: string;
  /**
   * What it means: a word in upper case, a quoted identifier without quotes, a string decoded, a
   * bind's number, a variable's upper-case name, a positional column's number, a stage reference
   * without `@`, a path without `file://`.
   */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const SYMBOLS = ['->>', '::', '=>', '<=', '>=', '<>', '!=', '||', '->', ':='];
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** After PUT, and after the stage of GET; elsewhere `//` begins a comment. */
const FILE = /file:\/\/[^\s;]*/iy;
const SPACE = /\s+/y;
const STAGE = /@(?:"[^"]*"|[^\s;,()'"])+/y;
function matchAt(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

/** End of the comment or white space at `at`, or `at` when there is none. */
function skipBlank(sql: string, at: number): number {
  const space = matchAt(SPACE, sql, at);
  if (space) return at + space.length;
  const pair = sql.slice(at, at + 2);
  if (pair === '--' || pair === '//') {
    const end = sql.indexOf('\n', at);
    return end < 0 ? sql.length : end + 1;
  }
  if (pair === '/*') {
    const end = sql.indexOf('*/', at + 2);
    if (end < 0) throw syntaxError(sql, at, '/*');
    return end + 2;
  }
  return at;
}

function readDollar(sql: string, at: number): Token | undefined {
  if (sql[at + 1] === '$') {
    const { value, end } = readDollarString(sql, at);
    return { kind: 'string', text: sql.slice(at, end), value, start: at, end };
  }
  const digits = matchAt(/\d+/y, sql, at + 1);
  if (digits) return token('positional', sql, at, at + 1 + digits.length, digits);
  const name = matchAt(WORD, sql, at + 1);
  if (name) return token('variable', sql, at, at + 1 + name.length, name.toUpperCase());
  return undefined;
}

function token(kind: TokenKind, sql: string, start: number, end: number, value: string): Token {
  return { kind, text: sql.slice(start, end), value, start, end };
}

function readBind(sql: string, at: number, previous: Token | undefined, count: number) {
  if (sql[at] === '?') return token('bind', sql, at, at + 1, String(count + 1));
  // No path starts with a digit; after a string it is the value in an object literal, {'a':1}.
  if (sql[at] !== ':' || previous?.kind === 'string') return undefined;
  const digits = matchAt(/\d+/y, sql, at + 1);
  return digits ? token('bind', sql, at, at + 1 + digits.length, digits) : undefined;
}

function readNameOrNumber(sql: string, at: number): Token | undefined {
  const word = matchAt(WORD, sql, at);
  if (word) return token('word', sql, at, at + word.length, word.toUpperCase());
  const number = matchAt(NUMBER, sql, at);
  if (number) return token('number', sql, at, at + number.length, number);
  return undefined;
}

function mayBeFile(previous: Token | undefined): boolean {
  return previous?.kind === 'stage' || (previous?.kind === 'word' && previous.value === 'PUT');
}

function readToken(sql: string, at: number, previous: Token | undefined, binds: number): Token {
  const char = sql[at];
  if (char === "'") {
    const { value, end } = readString(sql, at);
    return token('string', sql, at, end, value);
  }
  if (char === '"') {
    const { value, end } = readQuotedIdentifier(sql, at);
    return token('quoted', sql, at, end, value);
  }
  if (mayBeFile(previous)) {
    const file = matchAt(FILE, sql, at);
    if (file) return token('file', sql, at, at + file.length, file.slice('file://'.length));
  }
  const dollar = char === '$' ? readDollar(sql, at) : undefined;
  const found = dollar ?? readBind(sql, at, previous, binds) ?? readNameOrNumber(sql, at);
  if (found) return found;
  const stage = char === '@' ? matchAt(STAGE, sql, at) : undefined;
  if (stage) return token('stage', sql, at, at + stage.length, stage.slice(1));
  const symbol = SYMBOLS.find((each) => sql.startsWith(each, at)) ?? char;
  if (symbol === undefined || !/[-+*/%=<>|&^~(){}[\].,;:!]/.test(symbol)) {
    throw syntaxError(sql, at, char ?? '');
  }
  return token('symbol', sql, at, at + symbol.length, symbol);
}

/**
 * Tokens of a Snowflake text, comments and white space left out.
 * @throws SnowflakeError 001003 at an unterminated literal or comment, or a character that cannot
 * begin a token.
 */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let questionMarks = 0;
  let at = 0;
  while (at < sql.length) {
    const next = skipBlank(sql, at);
    if (next > at) {
      at = next;
      continue;
    }
    const read = readToken(sql, at, tokens.at(-1), questionMarks);
    if (read.text === '?') questionMarks += 1;
    tokens.push(read);
    at = read.end;
  }
  return tokens;
}

/**
 * Statements of a text without their semicolons; empty ones and those of comments only are left
 * out. A block of Snowflake Scripting is one statement, with the semicolons in it.
 */
export function splitStatements(sql: string): string[] {
  const tokens = tokenize(sql);
  const statements: string[] = [];
  let first: Token | undefined;
  let last: Token | undefined;
  for (let at = 0; at <= tokens.length; at += 1) {
    const token = tokens[at];
    if (token !== undefined && token.text !== ';') {
      const isBody = first?.value === 'CREATE' && tokens[at - 1]?.value === 'AS';
      const end = first === undefined || isBody ? blockEnd(tokens, at) : undefined;
      first ??= token;
      at = end ?? at;
      last = tokens[at];
      continue;
    }
    if (first && last) statements.push(sql.slice(first.start, last.end));
    first = undefined;
    last = undefined;
  }
  return statements;
}

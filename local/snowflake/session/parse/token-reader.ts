import { compilationError, syntaxError } from '../../sql/errors.ts';
import { type Token, tokenize } from '../../sql/tokenize.ts';
import { parseType } from '../../sql/types/parse-type.ts';
import { MAX_TEXT_LENGTH, type SnowflakeType } from '../../types.ts';

/** Value of a session variable as text, for IDENTIFIER($NAME). */
export type VariableText = (name: string) => string | undefined;

const NAME_KINDS: ReadonlySet<string> = new Set(['word', 'quoted']);

/** Reads the tokens of one statement from left to right. Words are compared in upper case. */
export class TokenReader {
  readonly sql: string;
  readonly #tokens: readonly Token[];
  readonly #variable: VariableText;
  #at = 0;

  constructor(sql: string, variable: VariableText = () => undefined) {
    this.sql = sql;
    this.#tokens = tokenize(sql);
    this.#variable = variable;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  /** The next token, whatever it is. */
  next(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw this.error();
    this.#at += 1;
    return token;
  }

  /** 001003 at the next token. */
  error(): Error {
    const token = this.peek();
    return syntaxError(this.sql, token?.start ?? this.sql.length, token?.text ?? '');
  }

  /** Whether these words come next. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, ahead) => {
      const token = this.peek(ahead);
      return token?.kind === 'word' && token.value === word;
    });
  }

  /** Takes these words when they come next. */
  accept(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.#at += words.length;
    return true;
  }

  /** Takes the first of these words that comes next. */
  acceptOne(...words: readonly string[]): string | undefined {
    return words.find((word) => this.accept(word));
  }

  expect(...words: readonly string[]): void {
    if (!this.accept(...words)) throw this.error();
  }

  seesSymbol(symbol: string): boolean {
    const token = this.peek();
    return token?.kind === 'symbol' && token.text === symbol;
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.seesSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.error();
  }

  /** Nothing may follow. */
  expectEnd(): void {
    if (!this.isAtEnd) throw this.error();
  }

  /** One identifier, folded as Snowflake folds it. */
  identifier(): string {
    const token = this.peek();
    if (!token || !NAME_KINDS.has(token.kind) || token.value === '') throw this.error();
    return this.next().value;
  }

  /**
   * A name of one to three parts; `DB..NAME` means schema PUBLIC; IDENTIFIER('…') and
   * IDENTIFIER($v) are read.
   */
  name(): string[] {
    if (this.sees('IDENTIFIER') && this.peek(1)?.text === '(') return this.#identifierCall();
    const parts = [this.identifier()];
    while (parts.length < 3 && this.acceptSymbol('.')) {
      if (parts.length === 1 && this.acceptSymbol('.')) parts.push('PUBLIC');
      parts.push(this.identifier());
    }
    return parts;
  }

  #identifierCall(): string[] {
    this.expect('IDENTIFIER');
    this.expectSymbol('(');
    const token = this.next();
    const text = token.kind === 'variable' ? this.#variable(token.value) : token.value;
    if (text === undefined) throw variableUnset(token.value);
    this.expectSymbol(')');
    const inner = new TokenReader(text);
    const parts = inner.name();
    inner.expectEnd();
    return parts;
  }

  /** Identifiers in brackets. */
  identifierList(): string[] {
    this.expectSymbol('(');
    const names = [this.identifier()];
    while (this.acceptSymbol(',')) names.push(this.identifier());
    this.expectSymbol(')');
    return names;
  }

  text(): string {
    if (this.peek()?.kind !== 'string') throw this.error();
    return this.next().value;
  }

  /** A whole number, signed. */
  integer(): number {
    const sign = this.acceptSymbol('-') ? -1 : 1;
    const token = this.peek();
    if (token?.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.error();
    return sign * Number(this.next().text);
  }

  /** `= value` or `value` of an option: a word in upper case, a text, or a number as written. */
  optionValue(): string {
    this.acceptSymbol('=');
    const minus = this.acceptSymbol('-') ? '-' : '';
    const token = this.next();
    if (token.kind === 'symbol') throw syntaxError(this.sql, token.start, token.text);
    return minus + token.value;
  }

  /** `= TRUE` or `= FALSE`. */
  optionFlag(): boolean {
    const value = this.optionValue().toUpperCase();
    if (value !== 'TRUE' && value !== 'FALSE') throw this.error();
    return value === 'TRUE';
  }

  /** `= 12` */
  optionInteger(): number {
    this.acceptSymbol('=');
    return this.integer();
  }

  /** A data type with its arguments. */
  dataType(): SnowflakeType {
    const start = this.peek()?.start ?? this.sql.length;
    const { type, next } = parseType(this.#tokens, this.#at, this.sql);
    this.#at = next;
    if (!fitsBounds(type)) {
      const text = this.sql.slice(start, this.#tokens[next - 1]?.end);
      throw compilationError('002040', '42601', `Unsupported data type '${text.toUpperCase()}'.`);
    }
    return type;
  }

  /**
   * Text of the expression that comes next: up to a comma, a closing bracket or one of the words,
   * at this depth.
   */
  expressionText(stops: ReadonlySet<string>): string {
    const first = this.next();
    let last = first;
    let depth = first.text === '(' ? 1 : 0;
    for (let token = this.peek(); token; token = this.peek()) {
      const isStop = token.kind === 'word' ? stops.has(token.value) : /^[,)]$/.test(token.text);
      if (depth === 0 && isStop && token.kind !== 'string') break;
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
      last = this.next();
    }
    return this.sql.slice(first.start, last.end);
  }

  /** Text within the brackets that come next. */
  bracketText(): string {
    const open = this.peek();
    this.expectSymbol('(');
    let depth = 1;
    let last = open;
    while (depth > 0) {
      last = this.next();
      if (last.text === '(') depth += 1;
      if (last.text === ')') depth -= 1;
    }
    return this.sql.slice(open?.end, last?.start);
  }

  /** Everything that is left, as text. */
  rest(): string {
    const from = this.peek()?.start ?? this.sql.length;
    this.#at = this.#tokens.length;
    return this.sql.slice(from);
  }
}

/** 000904's kin for `$NAME` that was never set. */
export function variableUnset(name: string): Error {
  return compilationError(
    '002211',
    '02000',
    `error line 1 at position 0\nSession variable '$${name}' does not exist`,
  );
}

/** https://docs.snowflake.com/en/sql-reference/intro-summary-data-types */
function fitsBounds({ name, precision = 38, scale = 0, length = 1 }: SnowflakeType): boolean {
  if (name === 'NUMBER')
    return precision >= 1 && precision <= 38 && scale <= Math.min(37, precision);
  if (name === 'TEXT') return length >= 1 && length <= MAX_TEXT_LENGTH;
  if (name === 'BINARY') return length >= 1 && length <= MAX_TEXT_LENGTH / 2;
  return scale <= 9;
}

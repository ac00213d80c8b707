import type { SnowflakeTypeName } from '../../types.ts';
import { syntaxError } from '../errors.ts';
import { quoteName } from '../expression/typed.ts';
import type { Scope } from '../scope.ts';
import type { Token } from '../tokenize.ts';
import { parseType } from '../types/parse-type.ts';
import { columnNames } from './column-names.ts';
import { expandTokens } from './expand.ts';
import { endsOperand, isKeyword, isWord } from './keywords.ts';
import { refuseMissingClause } from './missing-clauses.ts';
import { type Normalized, NormalizedWriter } from './normalized.ts';
import { stageReference } from './stage-reference.ts';
import { extractTravels, type Travel } from './travels.ts';

const PARENLESS: ReadonlySet<string> = new Set([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'CURRENT_USER',
]);
const LITERAL_TYPES: Readonly<Record<string, string>> = {
  DATE: 'TO_DATE',
  TIME: 'TO_TIME',
  TIMESTAMP: 'TO_TIMESTAMP',
  TIMESTAMP_NTZ: 'TO_TIMESTAMP_NTZ',
  TIMESTAMP_LTZ: 'TO_TIMESTAMP_LTZ',
  TIMESTAMP_TZ: 'TO_TIMESTAMP_TZ',
  INTERVAL: 'INTERVAL',
  X: 'TO_BINARY',
};
/** What may stand before a name with a parenthesis that is not a call. */
const NAME_BEFORE: ReadonlySet<string> = new Set(['AS', 'INTO', 'WITH', 'RECURSIVE']);

type Opener = 'plain' | 'cast' | 'extract' | 'position' | 'object' | 'array' | 'subscript';

class Normalizer {
  private readonly out = new NormalizedWriter();
  private readonly openers: Opener[] = [];
  private at = 0;
  private readonly source: string;
  private readonly tokens: readonly Token[];
  private readonly travels: readonly Travel[];
  private readonly names: Map<number, string>;
  private readonly timestamp: SnowflakeTypeName;

  constructor(source: string, scope: Scope) {
    this.source = source;
    const { tokens, travels } = extractTravels(expandTokens(source, scope), source);
    this.tokens = tokens;
    this.travels = travels;
    this.names = columnNames(this.tokens, source);
    const mapping = String(scope.parameter('TIMESTAMP_TYPE_MAPPING') ?? 'TIMESTAMP_NTZ');
    this.timestamp = mapping.toUpperCase() as SnowflakeTypeName;
  }

  run(): Normalized {
    while (this.at < this.tokens.length) {
      const from = this.at;
      this.step(this.tokens[from] as Token);
      for (let index = from; index < this.at; index += 1) {
        const name = this.names.get(index);
        if (name !== undefined) this.write(`AS ${quoteName(name)}`);
      }
    }
    const { text, literals, types, functions, offsets } = this.out;
    const { source, travels } = this;
    return { source, text, literals, types, functions, travels, offsets };
  }

  private get sourceStart(): number {
    return (this.tokens[this.at] ?? this.tokens.at(-1))?.start ?? 0;
  }

  private write(piece: string): void {
    this.out.write(piece, this.sourceStart);
  }

  private writeLiteral(value: string): void {
    this.out.literal(value, this.sourceStart);
  }

  private openCall(name: string): void {
    this.out.openCall(name, this.sourceStart);
  }

  private step(token: Token): void {
    switch (token.kind) {
      case 'string':
        this.writeLiteral(token.value);
        break;
      case 'number':
        this.write(token.text.replace(/\.$/, ''));
        break;
      case 'positional':
        this.write(quoteName(`$${token.value}`));
        break;
      case 'quoted':
        this.write(quoteName(token.value));
        break;
      case 'stage':
        this.writeStage();
        return;
      case 'word':
        this.stepWord(token);
        return;
      case 'symbol':
        this.stepSymbol(token);
        return;
      default:
        throw syntaxError(this.source, token.start, token.text);
    }
    this.at += 1;
  }

  /** A stage and its options become a relation, whose name is their text. */
  private writeStage(): void {
    const { name, next } = stageReference(this.tokens, this.at, this.source);
    this.write(quoteName(name));
    this.at = next;
  }

  private stepWord(token: Token): void {
    const next = this.tokens[this.at + 1];
    const previous = this.tokens[this.at - 1];
    refuseMissingClause(this.tokens, this.at);
    if (next?.kind === 'string' && LITERAL_TYPES[token.value] && previous?.text !== '.') {
      this.openCall(LITERAL_TYPES[token.value] ?? '');
      this.writeLiteral(next.value);
      this.write(')');
      this.at += 2;
    } else if (token.value === 'AS' && this.openers.at(-1) === 'cast') {
      this.write('AS');
      this.at += 1;
      this.writeType();
    } else if (this.isSeparatorWord(token)) {
      this.write(',');
      this.at += 1;
    } else if (next?.text === '(' && this.isCall()) {
      this.writeCall(token);
    } else if (token.value === 'RESPECT' && isKeyword(this.tokens, this.at)) {
      this.at += 2;
    } else {
      this.writeWord(token, previous, next);
    }
  }

  private writeWord(token: Token, previous: Token | undefined, next: Token | undefined): void {
    const isName = previous?.text === '.' || isWord(previous, 'AS') || next?.text === '.';
    if (PARENLESS.has(token.value) && !isName) {
      this.openCall(token.value);
      this.write(')');
    } else {
      this.write(isKeyword(this.tokens, this.at) ? token.value : quoteName(token.value));
    }
    this.at += 1;
  }

  /** FROM in EXTRACT(part FROM x) and IN in POSITION(a IN b). */
  private isSeparatorWord(token: Token): boolean {
    const opener = this.openers.at(-1);
    return (
      (opener === 'extract' && token.value === 'FROM') ||
      (opener === 'position' && token.value === 'IN')
    );
  }

  /** Whether the word at the cursor, a parenthesis after it, calls a function. */
  private isCall(): boolean {
    if (isKeyword(this.tokens, this.at)) return false;
    let head = this.at;
    while (this.tokens[head - 1]?.text === '.') head -= 2;
    const before = this.tokens[head - 1];
    if (before?.kind === 'word' && NAME_BEFORE.has(before.value)) return false;
    if (endsOperand(this.tokens, head - 1)) return false;
    return !this.isCteName();
  }

  /** `name (a, b) AS (`: a common table expression with its columns. */
  private isCteName(): boolean {
    let depth = 0;
    for (let index = this.at + 1; index < this.tokens.length; index += 1) {
      const text = this.tokens[index]?.text;
      if (text === '(') depth += 1;
      if (text === ')') depth -= 1;
      if (depth > 0) continue;
      return isWord(this.tokens[index + 1], 'AS') && this.tokens[index + 2]?.text === '(';
    }
    return false;
  }

  private writeCall(token: Token): void {
    const openers: Readonly<Record<string, Opener>> = {
      CAST: 'cast',
      TRY_CAST: 'cast',
      EXTRACT: 'extract',
      POSITION: 'position',
    };
    this.openCall(token.value);
    this.openers.push(openers[token.value] ?? 'plain');
    this.at += 2;
  }

  private writeType(): void {
    const { type, next } = parseType(this.tokens, this.at, this.source, this.timestamp);
    this.out.type(type, this.sourceStart);
    this.at = next;
  }

  private stepSymbol(token: Token): void {
    const operand = endsOperand(this.tokens, this.at - 1);
    const { text } = token;
    if (text === '::') {
      this.write('::');
      this.at += 1;
      this.writeType();
      return;
    }
    if (text === ':' || (text === '.' && this.tokens[this.at - 1]?.text === ']')) {
      this.stepPath(token);
      return;
    }
    if (text === '(' && this.isPatternList()) {
      this.openCall('PATTERNS');
      this.openers.push('plain');
      this.at += 1;
      return;
    }
    if (text === '(') this.openers.push(this.parenthesis());
    else if (text === '[') this.openers.push(operand ? 'subscript' : 'array');
    else if (text === '{') this.openers.push('object');
    if (text === '[' && !operand) this.openCall('ARRAY_CONSTRUCT');
    else if (text === '{') this.openCall('OBJECT_CONSTRUCT');
    else if (text === ')' || text === ']' || text === '}') this.close(text);
    else this.write(text === '!=' ? '<>' : text);
    this.at += 1;
  }

  /**
   * The list of LIKE ANY and LIKE ALL: as a call, because the parser would take a list's alias for
   * its own.
   */
  private isPatternList(): boolean {
    const [operator, quantifier] = this.tokens.slice(this.at - 2, this.at);
    const isQuantified = isWord(quantifier, 'ANY') || isWord(quantifier, 'ALL');
    return isQuantified && (isWord(operator, 'LIKE') || isWord(operator, 'ILIKE'));
  }

  private parenthesis(): Opener {
    const before = this.tokens[this.at - 1];
    return isWord(before, 'CAST') || isWord(before, 'TRY_CAST') ? 'cast' : 'plain';
  }

  private close(text: string): void {
    const opener = this.openers.pop();
    this.write(text === ']' && opener === 'subscript' ? ']' : ')');
  }

  /** `:` in an object literal, or a step of a path into a VARIANT. */
  private stepPath(token: Token): void {
    const key = this.tokens[this.at - 1];
    const beforeKey = this.tokens[this.at - 2]?.text;
    if (
      this.openers.at(-1) === 'object' &&
      key?.kind === 'string' &&
      /^[{,]$/.test(beforeKey ?? '')
    ) {
      this.write(',');
      this.at += 1;
      return;
    }
    const name = this.tokens[this.at + 1];
    if (name?.kind !== 'word' && name?.kind !== 'quoted') {
      throw syntaxError(this.source, token.start, token.text);
    }
    this.writeStep(name);
    while (this.tokens[this.at]?.text === '.') {
      const next = this.tokens[this.at + 1];
      if (next?.kind !== 'word' && next?.kind !== 'quoted') break;
      this.writeStep(next);
    }
  }

  private writeStep(name: Token): void {
    this.write('[');
    this.writeLiteral(name.kind === 'word' ? name.text : name.value);
    this.write(']');
    this.at += 2;
  }
}

/**
 * A statement made plain for the parser.
 * @throws SnowflakeError 001003 for text that is no SQL, 0A000 for a clause the stand-in lacks.
 */
export function normalize(sql: string, scope: Scope): Normalized {
  return new Normalizer(sql, scope).run();
}

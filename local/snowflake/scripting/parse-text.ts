import { TokenReader } from '../session/parse/token-reader.ts';
import type { Token } from '../sql/tokenize.ts';
import type { Expression, Source } from './model.ts';

/** A statement to run, and the variables of its INTO. */
export interface ParsedStatement {
  readonly source: Source;
  readonly into: readonly string[];
}

const OPENING = /^[([{]$/;
const CLOSING = /^[)\]}]$/;

/** Tokens up to `;` or one of the words, brackets and CASE … END kept together. */
function tokensTo(reader: TokenReader, stops: readonly string[]): Token[] {
  const taken: Token[] = [];
  let depth = 0;
  for (let token = reader.peek(); token; token = reader.peek()) {
    const isStop = token.kind === 'word' && stops.includes(token.value);
    if (depth === 0 && (token.text === ';' || isStop)) break;
    if (OPENING.test(token.text) || (token.kind === 'word' && token.value === 'CASE')) depth += 1;
    const isCaseEnd = token.kind === 'word' && token.value === 'END' && depth > 0;
    if (CLOSING.test(token.text) || isCaseEnd) depth -= 1;
    taken.push(reader.next());
  }
  return taken;
}

const textOf = (reader: TokenReader, tokens: readonly Token[]): string =>
  reader.sql.slice(tokens[0]?.start, tokens.at(-1)?.end);

/** The expression that comes next, up to `;` or one of the words. */
export function expressionTo(reader: TokenReader, stops: readonly string[]): Expression {
  const tokens = tokensTo(reader, stops);
  if (tokens.length === 0) throw reader.error();
  return textOf(reader, tokens);
}

/** Expressions in brackets. */
export function variableList(reader: TokenReader): Expression[] {
  const inner = new TokenReader(reader.bracketText());
  const list: Expression[] = [];
  while (!inner.isAtEnd) {
    list.push(inner.expressionText(new Set()));
    inner.acceptSymbol(',');
  }
  return list;
}

/** EXECUTE IMMEDIATE expression [USING (…)], behind its two words. */
export function parseDynamic(reader: TokenReader): Source {
  const dynamic = expressionTo(reader, ['USING']);
  return { dynamic, using: reader.accept('USING') ? variableList(reader) : [] };
}

/** Where INTO :a, :b begins and ends in a query; INTO of INSERT and MERGE has no colon. */
function intoRange(tokens: readonly Token[]): readonly [from: number, to: number] | undefined {
  let depth = 0;
  const from = tokens.findIndex((token, at) => {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    const isInto = token.kind === 'word' && token.value === 'INTO';
    return depth === 0 && isInto && tokens[at + 1]?.text === ':';
  });
  if (from < 0) return undefined;
  let to = from + 3;
  while (tokens[to]?.text === ',' && tokens[to + 1]?.text === ':') to += 3;
  return [from, to];
}

/** A statement of SQL, EXECUTE IMMEDIATE among them, up to its `;`. */
export function parseStatement(reader: TokenReader): ParsedStatement {
  if (reader.accept('EXECUTE', 'IMMEDIATE')) return { source: parseDynamic(reader), into: [] };
  const tokens = tokensTo(reader, []);
  if (tokens.length === 0) throw reader.error();
  const range = /^(SELECT|WITH|CALL)$/.test(tokens[0]?.value ?? '') ? intoRange(tokens) : undefined;
  if (!range) return { source: { sql: textOf(reader, tokens) }, into: [] };
  const [from, to] = range;
  const names = tokens.slice(from, to).filter((_, at) => at % 3 === 2);
  const parts = [tokens.slice(0, from), tokens.slice(to)].filter((part) => part.length > 0);
  const sql = parts.map((part) => textOf(reader, part)).join(' ');
  return { source: { sql }, into: names.map(({ value }) => value) };
}

/** A result set's `(query)`, with or without its brackets. */
export function parseResultSource(text: Expression): Source {
  const reader = new TokenReader(text);
  const isBracketed = reader.seesSymbol('(');
  const inner = isBracketed ? new TokenReader(reader.bracketText()) : reader;
  return parseStatement(inner).source;
}

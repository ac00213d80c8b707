import { compilationError, syntaxError } from '../errors.ts';
import type { Scope } from '../scope.ts';
import { type Token, tokenize } from '../tokenize.ts';
import { isWord } from './keywords.ts';

/** Tokens of `text`, all at the place of the token they stand for. */
function inPlace(text: string, token: Token): Token[] {
  return tokenize(text).map((each) => ({ ...each, start: token.start, end: token.end }));
}

function variableTokens(token: Token, scope: Scope): Token[] {
  const value = scope.variable(token.value);
  if (value === undefined) {
    throw compilationError(
      '002211',
      '02000',
      `error line 1 at position ${token.start}\nSession variable '$${token.value}' does not exist`,
    );
  }
  return inPlace(value, token);
}

/** The closing parenthesis of the one-value call whose name is at `at`, when it is one. */
function singleText(tokens: readonly Token[], at: number): Token | undefined {
  const [open, value, close] = tokens.slice(at + 1, at + 4);
  return open?.text === '(' && value?.kind === 'string' && close?.text === ')' ? value : undefined;
}

/** `[db.]INFORMATION_SCHEMA.f(` becomes `f(`: its table functions look at all databases here. */
function stripInformationSchema(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  tokens.forEach((token, at) => {
    kept.push(token);
    const isCall = token.text === '(' && tokens[at - 1]?.kind === 'word';
    const [schema, dot] = [tokens[at - 3], tokens[at - 2]];
    if (!isCall || dot?.text !== '.' || !isWord(schema, 'INFORMATION_SCHEMA')) return;
    const isQualified = tokens[at - 4]?.text === '.';
    const length = isQualified ? 4 : 2;
    kept.splice(kept.length - 2 - length, length);
  });
  return kept;
}

/** IDENTIFIER('db.t') and TABLE('db.t') become the name. */
function expandIdentifiers(tokens: readonly Token[], sql: string): Token[] {
  const expanded: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) continue;
    const names = isWord(token, 'IDENTIFIER') || isWord(token, 'TABLE');
    const value = names ? singleText(tokens, at) : undefined;
    if (!value) {
      expanded.push(token);
      continue;
    }
    if (value.value.trim() === '') throw syntaxError(sql, value.start, value.text);
    expanded.push(...inPlace(value.value, value));
    at += 3;
  }
  return expanded;
}

/** `SET t.a = 1` becomes `SET a = 1` in UPDATE and MERGE: DuckDB takes no qualifier there. */
function stripSetQualifiers(tokens: readonly Token[]): Token[] {
  if (!isWord(tokens[0], 'UPDATE') && !isWord(tokens[0], 'MERGE')) return [...tokens];
  const kept: Token[] = [];
  let depth = 0;
  let inSet = false;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && token.kind === 'word') {
      if (token.value === 'SET') inSet = true;
      else if (/^(FROM|WHERE|WHEN)$/.test(token.value)) inSet = false;
    }
    const isTarget = inSet && depth === 0 && token.text === '=';
    if (isTarget) while (isQualified(kept)) kept.splice(kept.length - 3, 2);
    kept.push(token);
  }
  return kept;
}

function isQualified(kept: readonly Token[]): boolean {
  const [separator, name, dot, column] = kept.slice(-4);
  const starts = separator !== undefined && (separator.text === ',' || isWord(separator, 'SET'));
  const deeper = separator?.text === '.';
  return Boolean((starts || deeper) && name && dot?.text === '.' && column);
}

/**
 * `DELETE FROM t USING a WHERE c` becomes `SELECT 1 FROM t, a WHERE c`: the parser reads only
 * plain tables after USING, and the translation needs no more than the tables and the condition.
 */
function deleteAsSelect(tokens: readonly Token[]): Token[] {
  const [first] = tokens;
  if (!first || !isWord(first, 'DELETE')) return [...tokens];
  let depth = 0;
  const using = tokens.findIndex((token) => {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    return depth === 0 && isWord(token, 'USING');
  });
  const head = inPlace('SELECT 1', first);
  return [
    ...head,
    ...tokens.slice(1).map((token, index) => (index + 1 === using ? comma(token) : token)),
  ];
}

function comma(token: Token): Token {
  return { ...token, kind: 'symbol', text: ',', value: ',' };
}

/** Session variables, IDENTIFIER(), qualifiers in SET and DELETE … USING resolved. */
export function expandTokens(sql: string, scope: Scope): Token[] {
  const tokens = tokenize(sql).flatMap((token) =>
    token.kind === 'variable' ? variableTokens(token, scope) : [token],
  );
  return deleteAsSelect(stripSetQualifiers(stripInformationSchema(expandIdentifiers(tokens, sql))));
}

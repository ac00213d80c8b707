import { endsOperand } from '../sql/syntax/keywords.ts';
import { type Token, tokenize } from '../sql/tokenize.ts';
import type { Frame } from './frame.ts';
import { literal, type Value } from './value.ts';

interface Found {
  readonly value: Value;
  /** Tokens that the name takes: two more for the column of a record. */
  readonly length: number;
}

/** What the name at `at` stands for, when it is a variable or a column of a record. */
function valueAt(tokens: readonly Token[], at: number, frame: Frame): Found | undefined {
  const token = tokens[at];
  if (token?.kind !== 'word' && token?.kind !== 'quoted') return undefined;
  const slot = frame.find(token.value);
  if (slot?.kind === 'variable') return { value: slot.value, length: 1 };
  if (slot?.kind !== 'record' || tokens[at + 1]?.text !== '.') return undefined;
  const value = slot.value.get(tokens[at + 2]?.value ?? '');
  return value && { value, length: 3 };
}

/** Whether the bracket at `at` opens a query, in which variables need their colon. */
const opensQuery = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.text === '(' && /^(SELECT|WITH)$/.test(tokens[at + 1]?.value ?? '');

/** Names that are no variables where they stand: a call, or a part of a dotted name or path. */
const isOther = (tokens: readonly Token[], at: number): boolean =>
  tokens[at + 1]?.text === '(' || tokens[at - 1]?.text === '.' || tokens[at - 1]?.text === ':';

/**
 * A text with the block's variables written into it as literals: `:name` everywhere, and in an
 * expression the bare name, too, outside of the queries in it.
 * https://docs.snowflake.com/en/developer-guide/snowflake-scripting/variables
 */
export function substitute(sql: string, frame: Frame, isExpression: boolean): string {
  const tokens = tokenize(sql);
  let out = '';
  let copied = 0;
  let depth = 0;
  let queryDepth: number | undefined = isExpression ? undefined : 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (token.text === '(') {
      if (queryDepth === undefined && opensQuery(tokens, at)) queryDepth = depth;
      depth += 1;
    } else if (token.text === ')') {
      depth -= 1;
      if (isExpression && depth === queryDepth) queryDepth = undefined;
    }
    const isColon = token.text === ':' && !endsOperand(tokens, at - 1);
    const isBare = queryDepth === undefined && !isOther(tokens, at);
    if (!isColon && !isBare) continue;
    const found = valueAt(tokens, isColon ? at + 1 : at, frame);
    if (!found) continue;
    const last = tokens[at + found.length - (isColon ? 0 : 1)] as Token;
    out += sql.slice(copied, token.start) + literal(found.value);
    copied = last.end;
    at += found.length - (isColon ? 0 : 1);
  }
  return out + sql.slice(copied);
}

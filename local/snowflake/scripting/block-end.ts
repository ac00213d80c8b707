import type { Token } from '../sql/tokenize.ts';

const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.value);

/** What may stand before a statement of a block. */
function startsStatement(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before === undefined || before.text === ';') return true;
  return isWord(before, 'BEGIN', 'THEN', 'ELSE', 'DO', 'LOOP', 'REPEAT', 'AS');
}

/** Whether BEGIN at `at` opens a block rather than a transaction. */
export function opensBlock(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  if (next === undefined || next.text === ';') return false;
  return isWord(tokens[at], 'BEGIN') && !isWord(next, 'TRANSACTION', 'WORK', 'NAME');
}

/** Whether the word at `at` needs an END of its own. */
function needsEnd(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token?.kind !== 'word' || isWord(tokens[at - 1], 'END')) return false;
  if (token.value === 'CASE') return tokens[at - 1]?.text !== '.';
  if (!startsStatement(tokens, at)) return false;
  if (token.value === 'BEGIN') return opensBlock(tokens, at);
  return ['IF', 'FOR', 'WHILE', 'LOOP', 'REPEAT'].includes(token.value);
}

/**
 * Index of the END that closes the block of Snowflake Scripting whose DECLARE or BEGIN is at
 * `start`; undefined when there is no block, or none that ends.
 * https://docs.snowflake.com/en/developer-guide/snowflake-scripting/blocks
 */
export function blockEnd(tokens: readonly Token[], start: number): number | undefined {
  const isDeclared = isWord(tokens[start], 'DECLARE');
  if (!isDeclared && !opensBlock(tokens, start)) return undefined;
  let open = 0;
  for (let at = start; at < tokens.length; at += 1) {
    if (needsEnd(tokens, at)) open += 1;
    else if (isWord(tokens[at], 'END') && open > 0) {
      open -= 1;
      if (open === 0) return at;
    }
  }
  return undefined;
}

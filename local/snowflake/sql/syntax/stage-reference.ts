import type { Token } from '../tokenize.ts';
import { isWord } from './keywords.ts';

/** A stage in FROM: `@stage/path (FILE_FORMAT => …, PATTERN => …)`. */
export interface StageReference {
  /** The text as written; the relation that stands for it has this name. */
  readonly name: string;
  /** `@stage/path` */
  readonly location: string;
  /** What stands in the brackets. */
  readonly options: string;
  /** Index of the token after it. */
  readonly next: number;
}

/** The stage whose token is at `at`, with the options after it. */
export function stageReference(
  tokens: readonly Token[],
  at: number,
  source: string,
): StageReference {
  const token = tokens[at] as Token;
  const open = tokens[at + 1];
  const hasOptions = open?.text === '(' && tokens[at + 3]?.text === '=>';
  if (!hasOptions) return { name: token.text, location: token.text, options: '', next: at + 1 };
  let depth = 0;
  let end = at + 1;
  for (; end < tokens.length; end += 1) {
    if (tokens[end]?.text === '(') depth += 1;
    if (tokens[end]?.text === ')') depth -= 1;
    if (depth === 0) break;
  }
  const close = tokens[end] ?? token;
  return {
    name: source.slice(token.start, close.end),
    location: token.text,
    options: source.slice(open.end, close.start),
    next: end + 1,
  };
}

/** Index of the last token before `at`, at its depth, that is this word; -1 when there is none. */
function wordBefore(tokens: readonly Token[], at: number, word: string): number {
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const text = tokens[index]?.text;
    if (text === ')') depth += 1;
    if (text === '(') depth -= 1;
    if (depth < 0) return -1;
    if (depth === 0 && isWord(tokens[index], word)) return index;
  }
  return -1;
}

/** Whether the SELECT that reads the stage at `at` asks for `*`, which a stage does not have. */
export function selectsAll(tokens: readonly Token[], at: number): boolean {
  const from = wordBefore(tokens, at, 'FROM');
  const select = wordBefore(tokens, from, 'SELECT');
  if (from < 0 || select < 0) return false;
  const list = tokens.slice(select, from);
  return list.some((token, index) => {
    const before = list[index - 1];
    const begins = before?.text === ',' || before?.text === '.' || index === 1;
    return token.text === '*' && (begins || isWord(before, 'DISTINCT'));
  });
}

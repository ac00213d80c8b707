import type { Token } from '../tokenize.ts';
import { endsOperand, isKeyword, isWord } from './keywords.ts';

const LIST_END: ReadonlySet<string> = new Set([
  'FROM',
  'INTO',
  'WHERE',
  'GROUP',
  'HAVING',
  'QUALIFY',
  'ORDER',
  'LIMIT',
  'FETCH',
  'UNION',
  'EXCEPT',
  'MINUS',
  'INTERSECT',
]);
const TYPE_SECOND_WORDS: ReadonlySet<string> = new Set(['PRECISION', 'VARYING']);
const NOT_NAMES: ReadonlySet<string> = new Set([
  'NULL',
  'TRUE',
  'FALSE',
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'CURRENT_USER',
]);

/** Whether the keyword at `at` ends the select list: `IS DISTINCT FROM` does not. */
function endsList(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token?.text === ';') return true;
  if (token?.kind !== 'word' || !LIST_END.has(token.value) || !isKeyword(tokens, at)) return false;
  if (token.value === 'GROUP') return !isWord(tokens[at - 1], 'WITHIN');
  return !(token.value === 'FROM' && isWord(tokens[at - 1], 'DISTINCT') && at >= 2);
}

function firstOfList(tokens: readonly Token[], select: number): number {
  let at = select + 1;
  if (isWord(tokens[at], 'DISTINCT') || isWord(tokens[at], 'ALL')) at += 1;
  if (isWord(tokens[at], 'TOP') && tokens[at + 1]?.kind === 'number') at += 2;
  return at;
}

/** Ends (exclusive) of the items of the select list that begins at `from`. */
function itemEnds(tokens: readonly Token[], from: number): number[] {
  const ends: number[] = [];
  let depth = 0;
  let at = from;
  for (; at < tokens.length; at += 1) {
    const text = tokens[at]?.text ?? '';
    if (text === '(' || text === '[' || text === '{') depth += 1;
    if (text === ')' || text === ']' || text === '}') depth -= 1;
    if (depth < 0 || (depth === 0 && endsList(tokens, at))) break;
    if (depth === 0 && text === ',') ends.push(at);
  }
  return [...ends, at];
}

/**
 * An item that ends like an operand and has no name; what ends otherwise is left for the parser to
 * refuse.
 */
function isNameless(tokens: readonly Token[], from: number, to: number): boolean {
  return !isNamed(tokens, from, to) && endsOperand(tokens, to - 1);
}

/** Whether the item names itself: a column, a star, or an alias at its end. */
function isNamed(tokens: readonly Token[], from: number, to: number): boolean {
  const item = tokens.slice(from, to);
  const last = item.at(-1);
  if (!last || item.some((token, index) => isStar(item, token, index))) return true;
  const isColumn = item.every((token, index) =>
    index % 2 === 1 ? token.text === '.' : /word|quoted|positional/.test(token.kind),
  );
  if (isColumn && item.length % 2 === 1) return !NOT_NAMES.has(last.value);
  if (last.kind !== 'quoted' && (last.kind !== 'word' || isKeyword(tokens, to - 1))) return false;
  if (TYPE_SECOND_WORDS.has(last.value)) return false;
  const previous = tokens[to - 2];
  return isWord(previous, 'AS') || (item.length > 1 && endsOperand(tokens, to - 2));
}

function isStar(item: readonly Token[], token: Token, index: number): boolean {
  if (token.text !== '*') return false;
  if (index === 0) return true;
  return item[index - 1]?.text === '.' && item.slice(0, index).every((each) => each.text !== '(');
}

/**
 * Names Snowflake gives to the unnamed items of every select list, by the index of the item's last
 * token: the source text in upper case.
 */
export function columnNames(tokens: readonly Token[], sql: string): Map<number, string> {
  const names = new Map<number, string>();
  tokens.forEach((token, select) => {
    if (!isWord(token, 'SELECT') || tokens[select - 1]?.text === '.') return;
    let from = firstOfList(tokens, select);
    for (const to of itemEnds(tokens, from)) {
      const first = tokens[from];
      const last = tokens[to - 1];
      if (first && last && to > from && isNameless(tokens, from, to)) {
        names.set(to - 1, sql.slice(first.start, last.end).toUpperCase());
      }
      from = to + 1;
    }
  });
  return names;
}

import type { Token } from '../tokenize.ts';

/** Words that are keywords wherever they stand in a query or a DML statement. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'SELECT DISTINCT FROM WHERE GROUP BY HAVING QUALIFY ORDER LIMIT FETCH UNION EXCEPT MINUS INTERSECT WITH AS ON ' +
    'USING JOIN INNER LEFT RIGHT FULL CROSS NATURAL LATERAL TABLE VALUES AND OR NOT IN IS NULL TRUE FALSE BETWEEN ' +
    'LIKE ILIKE RLIKE REGEXP ANY SOME ALL CASE WHEN THEN ELSE END CAST TRY_CAST EXISTS INSERT INTO UPDATE SET ' +
    'DELETE MERGE ASC DESC'
  ).split(' '),
);

type Place = (previous: Token | undefined, next: Token | undefined) => boolean;

const before =
  (...words: string[]): Place =>
  (_, next) =>
    next !== undefined && next.kind !== 'quoted' && words.includes(next.value);
const after =
  (...words: string[]): Place =>
  (previous) =>
    previous !== undefined && previous.kind !== 'quoted' && words.includes(previous.value);
const either =
  (...places: Place[]): Place =>
  (previous, next) =>
    places.some((place) => place(previous, next));

/** Words that are keywords in some places only and may name a column in the others. */
const CONTEXTUAL: Readonly<Record<string, Place>> = {
  TOP: (previous, next) => previous?.value === 'SELECT' && next?.kind === 'number',
  OFFSET: (_, next) => next?.kind === 'number',
  FIRST: after('NULLS', 'FETCH', 'INSERT'),
  LAST: after('NULLS'),
  NEXT: after('FETCH'),
  NULLS: either(before('FIRST', 'LAST'), after('INCLUDE', 'EXCLUDE')),
  INCLUDE: after('UNPIVOT'),
  NAME: (previous, next) =>
    previous?.value === 'BY' && /^(SELECT|WITH|\()$/.test(next?.value ?? ''),
  IGNORE: before('NULLS'),
  RESPECT: before('NULLS'),
  ROWS: either(
    before('BETWEEN', 'UNBOUNDED', 'CURRENT', 'ONLY'),
    (_, next) => next?.kind === 'number',
  ),
  RANGE: before('BETWEEN', 'UNBOUNDED', 'CURRENT'),
  ROW: either(after('CURRENT'), before('ONLY')),
  CURRENT: before('ROW'),
  ONLY: after('ROW', 'ROWS', 'FIRST', 'NEXT'),
  UNBOUNDED: before('PRECEDING', 'FOLLOWING'),
  PRECEDING: either(after('UNBOUNDED'), (previous) => previous?.kind === 'number'),
  FOLLOWING: either(after('UNBOUNDED'), (previous) => previous?.kind === 'number'),
  PARTITION: before('BY'),
  OVER: before('('),
  WITHIN: before('GROUP'),
  FILTER: before('('),
  EXCLUDE: (previous) =>
    previous?.text === '*' || previous?.text === ')' || previous?.value === 'UNPIVOT',
  RENAME: (previous, next) =>
    previous?.text === '*' ||
    (previous?.text === ')' && next?.text === '(') ||
    (previous !== undefined && next?.text === '('),
  ROLLUP: before('('),
  CUBE: before('('),
  GROUPING: before('SETS'),
  SETS: after('GROUPING'),
  PIVOT: before('('),
  UNPIVOT: before('(', 'INCLUDE', 'EXCLUDE'),
  OVERWRITE: after('INSERT'),
  MATCHED: after('WHEN', 'NOT'),
  DEFAULT: either(before(',', ')', 'ON'), after('=')),
  ESCAPE: (_, next) => next?.kind === 'string',
  RECURSIVE: after('WITH'),
  OUTER: after('LEFT', 'RIGHT', 'FULL'),
};

/** Keywords that are also functions when a parenthesis follows. */
const FUNCTION_WORDS: ReadonlySet<string> = new Set(['LEFT', 'RIGHT', 'INSERT']);
/** Operators that are also functions at the start of an operand. */
const OPERATOR_FUNCTIONS: ReadonlySet<string> = new Set(['LIKE', 'ILIKE', 'RLIKE', 'REGEXP']);
const VALUES_OF_THEIR_OWN: ReadonlySet<string> = new Set(['NULL', 'TRUE', 'FALSE', 'END']);

/** Whether the word at `at` is a keyword there rather than a name. */
export function isKeyword(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token?.kind !== 'word') return false;
  const previous = tokens[at - 1];
  if (previous?.text === '.') return false;
  const next = tokens[at + 1];
  if (next?.text === '(') {
    if (OPERATOR_FUNCTIONS.has(token.value))
      return endsOperand(tokens, at - 1) || isWord(previous, 'NOT');
    if (token.value === 'INSERT') return at === 0 || isWord(previous, 'THEN');
    if (FUNCTION_WORDS.has(token.value)) return false;
  }
  if (token.value === 'REPLACE')
    return previous?.text === '*' || (previous?.text === ')' && next?.text === '(');
  if (token.value === 'FOR') return isInPivot(tokens, at);
  if (RESERVED.has(token.value)) return true;
  return CONTEXTUAL[token.value]?.(previous, next) ?? false;
}

/** FOR is a keyword only inside PIVOT ( … ) and UNPIVOT ( … ). */
function isInPivot(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const text = tokens[index]?.text;
    if (text === ')') depth += 1;
    if (text === '(') depth -= 1;
    if (depth >= 0) continue;
    const head = isWord(tokens[index - 1], 'NULLS') ? index - 3 : index - 1;
    return isWord(tokens[head], 'PIVOT') || isWord(tokens[head], 'UNPIVOT');
  }
  return false;
}

export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.value === word;
}

/**
 * Whether the token at `at` ends an operand, so that an operator, a path or an alias may follow.
 */
export function endsOperand(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (!token) return false;
  if (token.kind === 'symbol')
    return token.text === ')' || token.text === ']' || token.text === '}';
  if (token.kind !== 'word') return true;
  return VALUES_OF_THEIR_OWN.has(token.value) || !isKeyword(tokens, at);
}

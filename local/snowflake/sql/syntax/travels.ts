import type { Token } from '../tokenize.ts';
import { isWord } from './keywords.ts';

/** https://docs.snowflake.com/en/sql-reference/constructs/at-before */
export const POINT_KINDS = ['TIMESTAMP', 'OFFSET', 'STATEMENT', 'STREAM'] as const;

/** One point in time of a clause: `TIMESTAMP => expression`. */
export interface PointText {
  readonly kind: (typeof POINT_KINDS)[number];
  /** The expression as it was written. */
  readonly text: string;
}

/** AT or BEFORE, and CHANGES, behind a table in FROM. */
export interface Travel {
  /** Folded name of the table. */
  readonly parts: readonly string[];
  readonly from: { readonly mode: 'AT' | 'BEFORE'; readonly point: PointText };
  /** Set for CHANGES, `end` being its END. */
  readonly changes?: { readonly isAppendOnly: boolean; readonly end: PointText | undefined };
}

interface Clause {
  readonly travel: Travel;
  /** Indexes of its first token, the table's name, and of the one behind it. */
  readonly first: number;
  readonly next: number;
}

const KINDS: ReadonlySet<string> = new Set(POINT_KINDS);
const PLACE = /^_sf_travel_(\d+)$/;

/** Index behind the bracket that opens at `open`. */
function behindBracket(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

/** Whether `WORD ( INSIDE =>` begins at `at`. */
function opens(tokens: readonly Token[], at: number, inside: ReadonlySet<string>): boolean {
  const [open, kind, arrow] = tokens.slice(at + 1, at + 4);
  return open?.text === '(' && inside.has(kind?.value ?? '') && arrow?.text === '=>';
}

/** The point in the bracket behind the word at `at`. */
function readPoint(tokens: readonly Token[], at: number, sql: string): PointText {
  const close = behindBracket(tokens, at + 1) - 1;
  const from = tokens[at + 4]?.start ?? sql.length;
  const kind = tokens[at + 2]?.value as PointText['kind'];
  return { kind, text: sql.slice(from, tokens[close - 1]?.end) };
}

/** Index of the first token of the name that ends at `last`; undefined when none ends there. */
function nameStart(tokens: readonly Token[], last: number): number | undefined {
  const isName = (at: number) => tokens[at]?.kind === 'word' || tokens[at]?.kind === 'quoted';
  if (!isName(last)) return undefined;
  let first = last;
  while (tokens[first - 1]?.text === '.' && isName(first - 2)) first -= 2;
  return first;
}

function nameParts(tokens: readonly Token[], first: number, next: number): string[] {
  return tokens
    .slice(first, next)
    .filter(({ text }) => text !== '.')
    .map(({ value }) => value);
}

const isPoint = (tokens: readonly Token[], at: number) =>
  (isWord(tokens[at], 'AT') || isWord(tokens[at], 'BEFORE')) && opens(tokens, at, KINDS);

const INFORMATION: ReadonlySet<string> = new Set(['INFORMATION']);

/** The clause whose first keyword is at `at`. */
function readClause(tokens: readonly Token[], at: number, sql: string): Clause | undefined {
  const isChanges = isWord(tokens[at], 'CHANGES') && opens(tokens, at, INFORMATION);
  const first = isChanges || isPoint(tokens, at) ? nameStart(tokens, at - 1) : undefined;
  if (first === undefined) return undefined;
  const parts = nameParts(tokens, first, at);
  const pointAt = isChanges ? behindBracket(tokens, at + 1) : at;
  if (!isPoint(tokens, pointAt)) return undefined;
  const mode = tokens[pointAt]?.value === 'AT' ? 'AT' : 'BEFORE';
  const from = { mode, point: readPoint(tokens, pointAt, sql) } as const;
  const next = behindBracket(tokens, pointAt + 1);
  if (!isChanges) return { travel: { parts, from }, first, next };
  const isAppendOnly = tokens[at + 4]?.value.toUpperCase() === 'APPEND_ONLY';
  const hasEnd = isWord(tokens[next], 'END') && opens(tokens, next, KINDS);
  const end = hasEnd ? readPoint(tokens, next, sql) : undefined;
  return {
    travel: { parts, from, changes: { isAppendOnly, end } },
    first,
    next: hasEnd ? behindBracket(tokens, next + 1) : next,
  };
}

/**
 * The time travel clauses of a statement, and its tokens with each table and its clause made one
 * name, which `travelOf` knows: the parser reads no Snowflake clauses.
 */
export function extractTravels(
  tokens: readonly Token[],
  sql: string,
): { readonly tokens: Token[]; readonly travels: readonly Travel[] } {
  const kept: Token[] = [];
  const travels: Travel[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const clause = readClause(tokens, at, sql);
    if (!token) continue;
    if (!clause) {
      kept.push(token);
      continue;
    }
    kept.splice(kept.length - (at - clause.first));
    const name = tokens[clause.first] ?? token;
    const end = tokens[clause.next - 1]?.end ?? token.end;
    kept.push({ ...name, kind: 'quoted', value: `_sf_travel_${travels.length}`, end });
    travels.push(clause.travel);
    at = clause.next - 1;
  }
  return { tokens: kept, travels };
}

/** The clause that a name stands for. */
export function travelOf(name: string, travels: readonly Travel[]): Travel | undefined {
  const at = PLACE.exec(name)?.[1];
  return at === undefined ? undefined : travels[Number(at)];
}

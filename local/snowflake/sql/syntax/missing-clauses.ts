import { unsupported } from '../errors.ts';
import type { Token } from '../tokenize.ts';
import { endsOperand, isWord } from './keywords.ts';

/**
 * Clauses after a table that the stand-in lacks, by the words that may open their parenthesis (all
 * when empty).
 */
const MISSING_CLAUSES: Readonly<Record<string, readonly string[]>> = {
  CHANGES: ['INFORMATION'],
  SAMPLE: [],
  TABLESAMPLE: [],
  MATCH_RECOGNIZE: [],
};
const CLAUSE_NAMES: Readonly<Record<string, string>> = { CHANGES: 'CHANGES without AT or BEFORE' };

/** Refuses a clause after a table, by name, when it begins at `at`. @throws SnowflakeError 000002 */
export function refuseMissingClause(tokens: readonly Token[], at: number): void {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (!token) return;
  const words = MISSING_CLAUSES[token.value];
  if (isWord(token, 'CONNECT') && isWord(next, 'BY')) throw unsupported('CONNECT BY');
  if (!words || next?.text !== '(' || !endsOperand(tokens, at - 1)) return;
  const inside = tokens[at + 2]?.value ?? '';
  if (words.length > 0 && !words.includes(inside)) return;
  throw unsupported(CLAUSE_NAMES[token.value] ?? token.value);
}

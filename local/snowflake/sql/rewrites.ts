import { ARITHMETIC_REWRITES } from './expression/arithmetic.ts';
import { COMPARISON_REWRITES } from './expression/comparison.ts';
import { LITERAL_REWRITES } from './expression/literals.ts';
import type { Rewrite } from './expression/rewrite.ts';
import { STRUCTURE_REWRITES } from './expression/structure.ts';
import { CALL_REWRITES } from './functions/lower-call.ts';

/**
 * Every kind of expression the translation knows, by the parser's name for it; others are refused.
 */
export const EXPRESSION_REWRITES: Readonly<Record<string, Rewrite>> = {
  ...LITERAL_REWRITES,
  ...ARITHMETIC_REWRITES,
  ...COMPARISON_REWRITES,
  ...STRUCTURE_REWRITES,
  ...CALL_REWRITES,
};

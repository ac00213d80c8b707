import type { Fields } from '../syntax/node.ts';
import type { Lowering } from './lowering.ts';
import type { Typed } from './typed.ts';

/** Turns one kind of syntax node into a DuckDB expression. */
export type Rewrite = (fields: Fields, lowering: Lowering) => Typed;

import { TYPE_MACROS } from '../types/macros.ts';
import { AGGREGATES } from './aggregates.ts';
import { CONDITIONAL } from './conditional.ts';
import { CONTEXT } from './context.ts';
import { CONVERSION } from './conversion.ts';
import { DATES } from './dates.ts';
import type { FunctionEntry, FunctionFamily } from './entry.ts';
import { NUMBERS } from './numbers.ts';
import { REGULAR_EXPRESSIONS } from './regular-expressions.ts';
import { STRINGS } from './strings.ts';
import { TABLE_MACROS } from './table-macros.ts';
import { SEMI_STRUCTURED } from './variant.ts';
import { WINDOWS } from './windows.ts';

export const FAMILIES: readonly FunctionFamily[] = [
  STRINGS,
  REGULAR_EXPRESSIONS,
  NUMBERS,
  DATES,
  CONVERSION,
  SEMI_STRUCTURED,
  CONDITIONAL,
  AGGREGATES,
  WINDOWS,
  CONTEXT,
];

const ENTRIES: ReadonlyMap<string, FunctionEntry> = new Map(
  FAMILIES.flatMap((family) => Object.entries(family.functions)),
);

/** The function of that name (upper case), when the stand-in has it. */
export function findFunction(name: string): FunctionEntry | undefined {
  return ENTRIES.get(name);
}

/** Statements that make every macro of the functions; to be run once on each connection. */
export const MACROS: readonly string[] = [
  ...TYPE_MACROS,
  ...FAMILIES.flatMap((family) => family.macros ?? []),
  ...TABLE_MACROS,
].map((definition) => `CREATE OR REPLACE TEMP MACRO ${definition}`);

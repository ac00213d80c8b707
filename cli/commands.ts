import type { Command } from './command.ts';

/** Every command of the product, in the order `snowmelt --help` lists them. */
export const commands: readonly Command[] = [];

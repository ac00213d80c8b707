import { backfillCommand } from './backfill.ts';
import type { Command } from './command.ts';
import { discoverCommand } from './discover.ts';
import { extractCommand } from './extract.ts';
import { loadCommand } from './load.ts';
import {
  localDownCommand,
  localResetCommand,
  localStatusCommand,
  localUpCommand,
} from './local.ts';
import { queryCommand } from './query.ts';
import { reconcileCommand } from './reconcile.ts';
import { replayCommand } from './replay.ts';
import { runCommand, stopCommand } from './run.ts';
import { standInCommand } from './stand-in.ts';
import { standInSupportCommand } from './stand-in-support.ts';
import { statusCommand } from './status.ts';

/** Every command of the product, in the order `snowmelt --help` lists them. */
export const commands: readonly Command[] = [
  localUpCommand,
  localDownCommand,
  localResetCommand,
  localStatusCommand,
  standInCommand,
  standInSupportCommand,
  loadCommand,
  discoverCommand,
  extractCommand,
  backfillCommand,
  replayCommand,
  runCommand,
  stopCommand,
  queryCommand,
  reconcileCommand,
  statusCommand,
];

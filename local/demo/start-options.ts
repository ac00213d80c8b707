import { parseArgs } from 'node:util';
import { TerminalError } from '#src/errors.ts';

/** Stages that `npm start -- --only` runs alone, in the order in which rows meet them. */
export const STAGES = ['extract', 'transform', 'check', 'train', 'status'] as const;
export type Stage = (typeof STAGES)[number];

export interface StartOptions {
  readonly scale: number;
  readonly exits: boolean;
  /** The one stage to run; undefined for the whole story. */
  readonly only?: Stage;
}

const refused = (message: string): TerminalError =>
  new TerminalError(message, { code: 'CONFIG_INVALID' });

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        exit: { type: 'boolean', default: false },
        scale: { type: 'string', default: '0.4' },
        all: { type: 'boolean', default: false },
        only: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    const message = `Cannot start: ${(cause as Error).message} Expected --exit, --scale N, --all or --only <${STAGES.join('|')}>.`;
    throw new TerminalError(message, { code: 'CONFIG_INVALID', cause });
  }
}

function readStage(name: string): Stage {
  const stage = STAGES.find((candidate) => candidate === name);
  if (stage === undefined) {
    throw refused(`Cannot run only ${name}: expected one of ${STAGES.join(', ')}.`);
  }
  return stage;
}

/**
 * Reads what follows `npm start --`. `--all` names what is done without options: every stage and every story.
 *
 * @throws TerminalError CONFIG_INVALID
 */
export function readStartOptions(argv: readonly string[], isTerminal: boolean): StartOptions {
  const { scale: text, exit, all, only } = parse(argv);
  const scale = Number(text);
  if (!Number.isFinite(scale) || scale <= 0) {
    throw refused(`Cannot use --scale ${text}: give a number above 0.`);
  }
  if (all && only !== undefined) {
    throw refused(`Cannot run all and only ${only}: give one of --all and --only.`);
  }
  const exits = exit || !isTerminal;
  return only === undefined ? { scale, exits } : { scale, exits, only: readStage(only) };
}

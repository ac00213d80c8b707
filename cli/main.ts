import { parseArgs } from 'node:util';
import { isSnowmeltError } from '#src/errors.ts';
import { type Command, type SharedOptions, UsageError } from './command.ts';
import { commands } from './commands.ts';
import { printOutcome } from './print.ts';

const EXIT = { done: 0, failed: 1, wrongUse: 2, tryAgain: 75 } as const;

const SHARED = {
  json: { type: 'boolean', default: false },
  pipeline: { type: 'string', default: 'pipeline.yml' },
  target: { type: 'string', default: 'local' },
  snowflake: { type: 'string', default: 'stand-in' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function findCommand(words: readonly string[]): { command: Command; rest: string[] } | undefined {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined) return { command, rest: words.slice(count) };
  }
  return undefined;
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    'Usage: snowmelt <command> [options]',
    '',
    ...lines,
    '',
    'Every command takes --json, --pipeline FILE, --target local|aws, --snowflake stand-in|live and --help.',
  ].join('\n');
}

const help = (command: Command): string =>
  `${command.summary}\n\nUsage: snowmelt ${command.name} ${command.usage}\nExample: ${command.example}`;

function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new UsageError(
      `Cannot read --${name} ${String(value)}: expected ${allowed.join(' or ')}.`,
    );
  }
  return found;
}

function sharedOptions(values: Record<string, unknown>): SharedOptions {
  return {
    json: values.json === true,
    pipeline: String(values.pipeline),
    target: oneOf('target', values.target, ['local', 'aws']),
    snowflake: oneOf('snowflake', values.snowflake, ['stand-in', 'live']),
  };
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function runCommand(command: Command, rest: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: rest,
    options: { ...SHARED, ...command.options },
    allowPositionals: true,
  });
  if (values.help === true) {
    process.stdout.write(`${help(command)}\n`);
    return EXIT.done;
  }
  const shared = sharedOptions(values);
  const options = values as Record<string, string | boolean | undefined>;
  const outcome = await command.run({ args: positionals, options, shared, say });
  if (outcome !== undefined) await printOutcome(outcome, shared.json, process.stdout);
  return outcome?.exitCode ?? EXIT.done;
}

/** Exit code of an error, and what people and programs are told of it. */
function report(error: unknown, command: Command | undefined, json: boolean): number {
  const isUsage =
    error instanceof UsageError ||
    (error instanceof TypeError &&
      String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS'));
  const known = isSnowmeltError(error);
  const message = error instanceof Error ? error.message : String(error);
  const code = isUsage ? 'USAGE' : known ? error.code : 'UNEXPECTED';
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
  process.stderr.write(`${known || isUsage ? message : (error as Error).stack}\n`);
  if (isUsage && command !== undefined)
    process.stderr.write(`Usage: snowmelt ${command.name} ${command.usage}\n`);
  if (isUsage || code === 'CONFIG_INVALID') return EXIT.wrongUse;
  return known && error.name === 'TransientError' ? EXIT.tryAgain : EXIT.failed;
}

/** Runs one command line and answers the process's exit code: 0, 1, 2 or 75. */
export async function main(argv: readonly string[]): Promise<number> {
  const found = findCommand(argv);
  if (found === undefined) {
    const wantsHelp =
      argv.length === 0 || argv[0] === '--help' || argv[0] === '-h' || argv[0] === 'help';
    if (!wantsHelp) process.stderr.write(`Cannot run ${argv[0]}: there is no such command.\n`);
    (wantsHelp ? process.stdout : process.stderr).write(`${overview()}\n`);
    return wantsHelp ? EXIT.done : EXIT.wrongUse;
  }
  try {
    return await runCommand(found.command, found.rest);
  } catch (error) {
    return report(error, found.command, found.rest.includes('--json'));
  }
}

// npm start: the main job on the demo shop, told step by step, or one stage of it; then the status page.
import { readEndpoints } from '#cli/stack.ts';
import { platformDown, platformStatus, platformUp } from '#local/platform.ts';
import { untilInterrupted } from '#local/setup/interrupts.ts';
import { paths } from '#local/setup/paths.ts';
import { isSnowmeltError } from '#src/errors.ts';
import { say, title } from './narration.ts';
import { runStage } from './stages.ts';
import { readStartOptions, type StartOptions } from './start-options.ts';
import { tellStory } from './story.ts';

const INTERRUPTED = 130;

async function run({ scale, only }: StartOptions): Promise<number> {
  title('The local platform: Snowflake stand-in, AWS emulator, jobs runner, the deployed stack');
  await platformUp({}, say);
  const isRight = await (only === undefined ? tellStory(scale) : runStage(only, scale));
  const praise =
    only === undefined ? 'Every stage succeeded and reconciled.' : `${only} succeeded.`;
  title(isRight ? praise : 'Something is not as it must be: see ✗ above.');
  return isRight ? 0 : 1;
}

async function waitAtStatusPage(interrupted: Promise<unknown>): Promise<void> {
  say(`  The status page: ${readEndpoints().status?.url}   (Ctrl-C ends)`);
  const keepAlive = setInterval(() => undefined, 60_000);
  await interrupted;
  clearInterval(keepAlive);
}

async function main(argv: readonly string[]): Promise<number> {
  const options = readStartOptions(argv, process.stdout.isTTY);
  const wasUp = (await platformStatus()).state === 'up';
  const interrupted = untilInterrupted();
  try {
    const exitCode = await Promise.race([run(options), interrupted.then(() => INTERRUPTED)]);
    if (!options.exits && exitCode !== INTERRUPTED) await waitAtStatusPage(interrupted);
    return exitCode;
  } finally {
    if (!wasUp) await platformDown();
    say(wasUp ? '  The platform stays up, as it was.' : `  State and logs: ${paths.home}`);
  }
}

main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error) => {
    const isKnown = isSnowmeltError(error);
    say(isKnown ? error.message : String((error as Error).stack));
    process.exit(isKnown && error.code === 'CONFIG_INVALID' ? 2 : 1);
  },
);

// npm start: the main job on the demo shop, told step by step, and then the status page.
import { parseArgs } from 'node:util';
import { runInterval } from '#cli/intervals.ts';
import { loadPipeline } from '#cli/pipeline-file.ts';
import { publishPipeline } from '#cli/publish-pipeline.ts';
import { openSnowflake } from '#cli/snowflake-connection.ts';
import { openStack, readEndpoints, type Stack } from '#cli/stack.ts';
import { readStatusOverview, statusText } from '#cli/status.ts';
import { loadFirst, loadSecond } from '#local/demo/load-shop.ts';
import { platformDown, platformUp } from '#local/platform.ts';
import { paths } from '#local/setup/paths.ts';
import { generateShop, type Shop } from './generate-shop.ts';
import { type Finding, judgeInterval, modelFinding } from './judge-demo.ts';
import { resetPipeline } from './reset-pipeline.ts';

const SEED = 20_261_121;
const PIPELINE = 'examples/shop/pipeline.yml';
const GROUP = 'default';
const SHARED = { json: false, pipeline: PIPELINE, target: 'local', snowflake: 'stand-in' } as const;

interface DemoOptions {
  readonly scale: number;
  readonly exits: boolean;
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const startedAt = Date.now();
const title = (text: string): void => {
  say(`\n[${((Date.now() - startedAt) / 1000).toFixed(0).padStart(3)} s] ${text}`);
};

function readOptions(): DemoOptions {
  const { values } = parseArgs({
    options: {
      exit: { type: 'boolean', default: false },
      scale: { type: 'string', default: '0.4' },
      all: { type: 'boolean', default: false },
    },
  });
  const scale = Number(values.scale);
  if (!Number.isFinite(scale) || scale <= 0)
    throw new Error(`Cannot use --scale ${values.scale}: give a number above 0.`);
  return { scale, exits: values.exit || !process.stdout.isTTY };
}

/** Runs one interval end to end and holds what silver and gold report against what was planted. */
async function tellInterval(
  stack: Stack,
  which: 'first' | 'second',
  shop: Shop,
): Promise<Finding[]> {
  const { document } = await publishPipeline(stack, PIPELINE);
  const outcome = await runInterval(stack, document, GROUP, say);
  return judgeInterval(stack, outcome, shop.ledger[which]);
}

async function loadInterval(which: 'first' | 'second', shop: Shop): Promise<void> {
  const { document } = loadPipeline(PIPELINE);
  const snowflake = await openSnowflake(SHARED, document.snowflake);
  try {
    await (which === 'first' ? loadFirst : loadSecond)(snowflake, shop);
  } finally {
    await snowflake.close();
  }
}

function tellFindings(findings: readonly Finding[]): boolean {
  for (const { isRight, text } of findings) say(`  ${isRight ? '✓' : '✗'} ${text}`);
  return findings.every(({ isRight }) => isRight);
}

async function runDemo({ scale }: DemoOptions): Promise<boolean> {
  title('The local platform: Snowflake stand-in, AWS emulator, jobs runner, the deployed stack');
  await platformUp({}, say);
  const stack = await openStack(SHARED);
  await resetPipeline(stack, (await publishPipeline(stack, PIPELINE)).document);

  title(`A shop of 18 months, scale ${scale}, into Snowflake`);
  const shop = generateShop({ seed: SEED, scale, changedAt: new Date().toISOString() });
  await loadInterval('first', shop);

  title('First interval: Snowflake → bronze → silver → check → gold → check → train → score');
  const first = tellFindings(await tellInterval(stack, 'first', shop));

  title('Changes at the source, then the second interval: only what changed moves');
  const changed = generateShop({ seed: SEED, scale, changedAt: new Date().toISOString() });
  await loadInterval('second', changed);
  const second = tellFindings(await tellInterval(stack, 'second', changed));

  title('The model against its baseline and against the best that can be had');
  const overview = await readStatusOverview();
  const model = tellFindings(modelFinding(overview, shop.churn.bestAuc));
  say(`\n${statusText(overview)}`);
  return first && second && model;
}

async function waitForInterrupt(): Promise<void> {
  await new Promise<void>((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
}

async function main(): Promise<void> {
  const options = readOptions();
  try {
    const isRight = await runDemo(options);
    process.exitCode = isRight ? 0 : 1;
    title(
      isRight
        ? 'Every stage succeeded and reconciled.'
        : 'Something is not as it must be: see ✗ above.',
    );
    if (!options.exits) {
      say(`  The status page: ${readEndpoints().status?.url}   (Ctrl-C ends)`);
      await waitForInterrupt();
    }
  } finally {
    await platformDown();
    say(`  State and logs: ${paths.home}`);
  }
}

await main();

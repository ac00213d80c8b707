import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom, type Random } from '#local/demo/random.ts';
import type { Warehouse } from '#src/ports/warehouse.ts';
import type { Emulator } from './emulator.ts';
import { FAULTS, SILENT_FAULTS } from './extract-faults.ts';
import { checkBronze, noteSql } from './extract-oracle.ts';
import { type ExtractProcess, startExtraction } from './extract-process.ts';
import { connectionTo, runAll } from './extract-source.ts';
import { publish } from './extract-stage.ts';
import type { Fate, FaultProxy } from './fault-proxy.ts';
import type { TestStandIn } from './snowflake-client.ts';

const hostile = fileURLToPath(new URL('hostile-machine.cjs', import.meta.url));

/** How long a silent run keeps a query, in seconds; short, so that the next one need not wait. */
const LEASE_SECONDS = 0.6;

/** Rows of a table before its first extraction: three partitions of a result. */
const FIRST_ROWS = 9000;

/** Most attempts until a run must have come through once nothing disturbs it any more. */
const QUIET_ATTEMPTS = 12;

export interface SoakStage {
  readonly emulator: Emulator;
  readonly standIn: TestStandIn;
  readonly source: Warehouse;
  readonly aws: FaultProxy;
  readonly snowflake: FaultProxy;
  /** The bundle of the function. */
  readonly module: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface SoakTally {
  kills: number;
  faults: number;
  runs: number;
  /** Times two extractors were at work on one query. */
  pairs: number;
}

/** Which story of which seed; the same one always meets the same misfortunes. */
export interface Chapter {
  readonly seed: number;
  readonly nth: number;
  /** Most misfortunes. */
  readonly most: number;
}

/** One query over one table, extracted under kills and faults until it has come through. */
interface Story {
  readonly stage: SoakStage;
  readonly random: Random;
  readonly tally: SoakTally;
  readonly name: string;
  readonly pipeline: string;
  /** Rows the test itself has put into the source: ids from 0 up to this. */
  rows: number;
  runs: number;
  changes: number;
  /** Whether the checksums of source and files are compared, which alone tells a row that came twice. */
  readonly isVerified: boolean;
}

async function addRows(story: Story, count: number, age: string): Promise<void> {
  const id = `(${story.rows} + seq4())`;
  await runAll(
    story.stage.source,
    `insert into ${story.name} (id, note, updated_at)
     select ${id}, ${noteSql(id)}, ${age}::timestamp_ntz from table(generator(rowcount => ${count}))`,
  );
  story.rows += count;
}

async function openStory(
  stage: SoakStage,
  { seed, nth }: Chapter,
  tally: SoakTally,
): Promise<Story> {
  const name = `soak_${seed}_${nth}`;
  const random = createRandom(seed, nth);
  const isVerified = random.chance(0.3);
  const story = {
    stage,
    random,
    tally,
    name,
    pipeline: name,
    rows: 0,
    runs: 0,
    changes: 0,
    isVerified,
  };
  await runAll(
    stage.source,
    `create table ${name} (id number(18,0), note varchar(200), updated_at timestamp_ntz)`,
  );
  await addRows(story, FIRST_ROWS, 'dateadd(second, -60 - mod(seq4(), 600), current_timestamp())');
  const verify = isVerified ? 'checksum' : 'count';
  await publish(stage.emulator, {
    name,
    snowflake: connectionTo(stage.standIn),
    extract: {
      source_system: 'soak',
      queries: [
        {
          name,
          table: name,
          key: ['id'],
          watermark_column: 'updated_at',
          max_file_mb: 0.2,
          verify,
        },
      ],
    },
  });
  return story;
}

function startRun(story: Story, runId: string, more: Record<string, string> = {}): ExtractProcess {
  const { stage, name, pipeline, tally } = story;
  tally.runs += 1;
  const interval = { id: runId, group: 'default', queries: [name] };
  const machine = { SNOWMELT_WAIT_SCALE: '0', LEASE_SECONDS: String(LEASE_SECONDS) };
  const hostility = Object.keys(more).length > 0 ? { NODE_OPTIONS: `--require ${hostile}` } : {};
  const env = { ...stage.env, ...machine, ...hostility, ...more };
  return startExtraction(stage.module, env, { runId, pipeline, query: name, interval });
}

const nextRun = (story: Story): string => `${story.name}-${++story.runs}`;

/** Lets some requests pass, then strikes one of the kind; the others pass. */
function strikeOnce(story: Story): void {
  const [at, request, fate] = story.random.pick(
    story.isVerified ? [...FAULTS, ...SILENT_FAULTS] : FAULTS,
  );
  let toPass = story.random.int(0, 6);
  let isOver = false;
  story.stage[at].decide = (line) => {
    if (isOver || !request.test(line) || toPass-- > 0) return { kind: 'pass' };
    isOver = true;
    story.tally.faults += 1;
    return fate;
  };
}

function calm({ stage }: Story): void {
  stage.aws.decide = () => ({ kind: 'pass' });
  stage.snowflake.decide = () => ({ kind: 'pass' });
}

/** Ends when the process has sent so many requests; the last one is not answered any more. */
function hangAt(story: Story, nth: number): Promise<void> {
  const when = story.random.chance(0.5) ? 'before' : 'after';
  let seen = 0;
  return new Promise((hung) => {
    const decide = (): Fate => {
      seen += 1;
      if (seen !== nth) return { kind: 'pass' };
      if (when === 'before') hung();
      else setTimeout(hung, 40);
      return { kind: 'hang', when };
    };
    story.stage.aws.decide = decide;
    story.stage.snowflake.decide = decide;
  });
}

async function kill(story: Story, run: ExtractProcess): Promise<void> {
  run.child.kill('SIGKILL');
  const { signal } = await run.ended;
  if (signal === 'SIGKILL') story.tally.kills += 1;
}

/** A run that is killed at one of its requests, or at any moment. */
async function killRun(story: Story, runId: string): Promise<void> {
  const moment = story.random.chance(0.7)
    ? hangAt(story, story.random.int(1, 28))
    : sleep(story.random.int(50, 900));
  const run = startRun(story, runId);
  await Promise.race([moment, run.ended]);
  await kill(story, run);
  calm(story);
}

const SLOWEST_MS = 20_000;

/** A run among faults: it may fail, it may not lie. */
async function disturbRun(story: Story, runId: string): Promise<void> {
  const { random } = story;
  const machines: Record<string, string>[] = [
    {},
    {},
    { SKEW_MS: String(random.int(-20_000, 20_000)) },
    { DISK_BYTES: String(random.int(0, 1_500_000)) },
  ];
  strikeOnce(story);
  const run = startRun(story, runId, random.pick(machines));
  const timer = setTimeout(() => run.child.kill('SIGKILL'), SLOWEST_MS);
  const { signal } = await run.ended;
  clearTimeout(timer);
  if (signal === 'SIGKILL') story.tally.kills += 1;
  calm(story);
}

/** Two extractors of one query, one of which is killed. */
async function pairRuns(story: Story): Promise<void> {
  story.tally.pairs += 1;
  const first = startRun(story, nextRun(story));
  await sleep(story.random.int(0, 900));
  const second = startRun(story, nextRun(story));
  await sleep(story.random.int(0, 1200));
  await kill(story, story.random.pick([first, second]));
  await Promise.all([first.ended, second.ended]);
}

const alter = ({ stage, name }: Story, change: string) =>
  runAll(stage.source, `alter table ${name} ${change}`);

const CHANGES = [
  (story: Story) => addRows(story, story.random.int(1, 400), 'current_timestamp()'),
  (story: Story) =>
    alter(story, `alter column note set data type varchar(${201 + ++story.changes})`),
  (story: Story) => alter(story, `add column more_${++story.changes} varchar(10)`),
] as const;

/** Runs of the same id go on where a killed one was; others take over. */
async function misfortune(story: Story, runId: string): Promise<void> {
  const luck = story.random.next();
  if (luck < 0.76) return killRun(story, runId);
  if (luck < 0.94) return disturbRun(story, runId);
  return pairRuns(story);
}

async function comeThrough(story: Story): Promise<void> {
  let last: unknown;
  for (let attempt = 0; attempt < QUIET_ATTEMPTS; attempt += 1) {
    const run = startRun(story, nextRun(story));
    try {
      const answer = await run.answer;
      if (answer.manifestKey !== undefined) return;
      last = answer;
    } catch (error) {
      last = error;
    }
    await sleep(LEASE_SECONDS * 500);
  }
  throw new Error(
    `${story.name} did not come through: ${String((last as Error).stack ?? JSON.stringify(last))}`,
  );
}

/**
 * Lives through one story: kills, faults, rows and columns that come meanwhile, then one run that is left alone, then
 * the comparison of bronze with what the test has put into the source.
 */
export async function liveThrough(
  stage: SoakStage,
  chapter: Chapter,
  tally: SoakTally,
): Promise<void> {
  const story = await openStory(stage, chapter, tally);
  let runId = nextRun(story);
  const misfortunes = Math.min(story.random.int(14, 28), chapter.most);
  for (let nth = 0; nth < misfortunes; nth += 1) {
    await misfortune(story, runId);
    if (story.random.chance(0.3)) await story.random.pick(CHANGES)(story);
    if (story.random.chance(0.5)) runId = nextRun(story);
  }
  await comeThrough(story);
  await addRows(story, 3, 'current_timestamp()');
  await comeThrough(story);
  await checkBronze(stage.emulator, story);
  await runAll(stage.source, `drop table ${story.name}`);
}

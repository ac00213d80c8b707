import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { paths } from '#local/setup/paths.ts';
import { measureColdStart } from './cold-start.ts';
import { recordPartitions } from './partitions.ts';
import { columnsOf, tableOf, type Work } from './shapes.ts';
import { measureUnload } from './unload.ts';

const run = promisify(execFile);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

interface Plan {
  readonly name: string;
  readonly work: Work;
  readonly rounds: number;
}

interface Measured {
  readonly seconds: number;
  /** Of all threads: what other work on the machine does not change. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
}

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '3' },
    'peer-rows': { type: 'string', default: '200000' },
    'large-rows': { type: 'string', default: '10000000' },
  },
});
const rows = Number(options.rows);
const rounds = Number(options.rounds);
const largeRows = Number(options['large-rows']);
const orders = { shape: 'orders', rows };
const wide = { shape: 'wide', rows: Math.ceil(rows / 10) };
const events = { shape: 'events', rows: Math.ceil(rows / 5) };
const large = { shape: 'orders', rows: largeRows };
const peer = { shape: 'orders', rows: Math.min(rows, Number(options['peer-rows'])) };

const FETCH = 'snowmelt fetch';
const LIMIT = 'DuckDB on local partitions';
const SDK = 'snowflake-sdk + parquetjs';
const CONNECTOR = 'Python connector + pyarrow';
const DLT = 'dlt';
const PYTHON_NAMES: Readonly<Record<string, string>> = { [CONNECTOR]: 'connector', [DLT]: 'dlt' };

const PLANS: readonly Plan[] = [
  { name: FETCH, work: orders, rounds },
  { name: LIMIT, work: orders, rounds },
  { name: CONNECTOR, work: orders, rounds },
  { name: DLT, work: orders, rounds },
  { name: SDK, work: peer, rounds: 1 },
  { name: FETCH, work: wide, rounds },
  { name: LIMIT, work: wide, rounds },
  { name: FETCH, work: events, rounds },
  { name: LIMIT, work: events, rounds },
  ...(largeRows > 0 ? [{ name: FETCH, work: large, rounds: 1 }] : []),
];

const say = (line: string) => process.stderr.write(`${line}\n`);

async function startServer(): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [here('static-server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = await once(child.stdout, 'data');
  return { url: String(chunk).trim(), stop: () => child.kill() };
}

/** A peer in Python, in its own environment. */
async function measurePeer(peerName: string, table: string, url: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-peer-'));
  const { python } = paths.clients['foreign clients'];
  try {
    const args = [here('peers.py'), peerName, url, table, folder];
    return (await run(python, args, { maxBuffer: 1 << 26 })).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({ name, work }: Plan, url: string): Promise<Measured> {
  const table = tableOf(work);
  const python = PYTHON_NAMES[name];
  const stdout =
    python === undefined
      ? (
          await run(process.execPath, [here('run-subject.ts'), name, table, url], {
            maxBuffer: 1 << 26,
          })
        ).stdout
      : await measurePeer(python, table, url);
  const measured = JSON.parse(/^MEASURED (.*)$/m.exec(stdout)?.[1] ?? '');
  if (measured.rows !== undefined && measured.rows !== work.rows) {
    throw new Error(`${name} wrote ${measured.rows} of ${work.rows} rows`);
  }
  return measured;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));

function summary({ name, work }: Plan, measured: readonly Measured[]) {
  const seconds = measured.map((one) => rounded(one.seconds));
  const middle = median(seconds);
  return {
    name,
    table: work.shape,
    rows: work.rows,
    columns: columnsOf(work).length,
    seconds,
    median: middle,
    rowsPerSecond: Math.round(work.rows / middle),
    cpuSeconds: median(measured.map((one) => rounded(one.cpuSeconds))),
    peakRssMb: Math.max(...measured.map(({ peakRssMb }) => peakRssMb)),
  };
}

/** Subjects alternate; each round runs every subject that has rounds left. */
async function runAll(url: string) {
  const measured = new Map<Plan, Measured[]>(PLANS.map((plan) => [plan, []]));
  for (let round = 0; round < rounds; round++) {
    for (const plan of PLANS.filter((one) => round < one.rounds)) {
      const one = await measure(plan, url);
      measured.get(plan)?.push(one);
      const load = loadavg()[0]?.toFixed(1);
      const work = `${plan.work.rows} ${plan.work.shape}`;
      say(
        `${plan.name}: ${work} in ${one.seconds.toFixed(1)} s, ${one.cpuSeconds.toFixed(1)} s of processor, ${one.peakRssMb} MB, load ${load}`,
      );
    }
  }
  return PLANS.map((plan) => summary(plan, measured.get(plan) ?? []));
}

/** Records what will be served, in the forms that its subjects read. */
async function record(): Promise<void> {
  for (const work of new Set(PLANS.map((plan) => plan.work))) {
    say(`recording ${tableOf(work)}`);
    const { folder } = await recordPartitions(work);
    const isArrow = PLANS.some((plan) => plan.work === work && PYTHON_NAMES[plan.name]);
    const columns = JSON.stringify(columnsOf(work));
    if (isArrow) await run(paths.venvPython, [here('record_arrow.py'), folder, columns]);
  }
}

await record();
const server = await startServer();
try {
  const subjects = await runAll(server.url);
  const speed = (name: string, work: Work) =>
    subjects.find((one) => one.name === name && one.table === work.shape && one.rows === work.rows)
      ?.rowsPerSecond ?? Number.NaN;
  const ratio = (name: string, work: Work, of = work) =>
    rounded(speed(FETCH, work) / speed(name, of));
  const document = {
    benchmark: 'extract',
    work: { rows, columns: columnsOf(orders).length },
    machine: {
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 1024 ** 3),
      node: process.versions.node,
    },
    subjects,
    ratios: {
      'snowmelt fetch / parquetjs': ratio(SDK, orders, peer),
      'snowmelt fetch / Python connector': ratio(CONNECTOR, orders),
      'snowmelt fetch / dlt': ratio(DLT, orders),
      'snowmelt fetch / limit': ratio(LIMIT, orders),
      'snowmelt fetch / limit, 60 columns': ratio(LIMIT, wide),
      'snowmelt fetch / limit, VARIANT': ratio(LIMIT, events),
    },
    coldStart: await measureColdStart(5),
    unload: await measureUnload(),
    notes: [
      'ratios are of rows per second; above 1 means that snowmelt is faster',
      `snowflake-sdk + parquetjs: one round of ${peer.rows} rows`,
    ],
  };
  if (options.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else {
    console.table(subjects.map(({ seconds, ...shown }) => ({ ...shown, seconds: `${seconds}` })));
    const { ratios, coldStart, unload } = document;
    say(JSON.stringify({ ratios, coldStart, unload }, null, 2));
  }
} finally {
  server.stop();
}

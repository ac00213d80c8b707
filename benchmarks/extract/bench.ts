import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { COLUMNS, recordPartitions } from './partitions.ts';

const run = promisify(execFile);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

interface Plan {
  readonly name: string;
  readonly rows: number;
  readonly rounds: number;
}

interface Measured {
  readonly seconds: number;
  readonly peakRssMb: number;
}

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '3' },
    'peer-rows': { type: 'string', default: '200000' },
  },
});
const rows = Number(options.rows);
const rounds = Number(options.rounds);
const peerRows = Math.min(rows, Number(options['peer-rows']));

const PLANS: readonly Plan[] = [
  { name: 'snowmelt fetch', rows, rounds },
  { name: 'DuckDB on local partitions', rows, rounds },
  { name: 'snowflake-sdk + parquetjs', rows: peerRows, rounds: 1 },
];

const say = (line: string) => process.stderr.write(`${line}\n`);

async function startServer(): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [here('static-server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = await once(child.stdout, 'data');
  return { url: String(chunk).trim(), stop: () => child.kill() };
}

async function measure(plan: Plan, url: string): Promise<Measured> {
  const args = [here('run-subject.ts'), plan.name, String(plan.rows), url];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 1 << 26 });
  return JSON.parse(/^MEASURED (.*)$/m.exec(stdout)?.[1] ?? '');
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));

function summary(plan: Plan, measured: readonly Measured[]) {
  const seconds = measured.map((one) => rounded(one.seconds));
  const middle = median(seconds);
  return {
    name: plan.name,
    rows: plan.rows,
    seconds,
    median: middle,
    rowsPerSecond: Math.round(plan.rows / middle),
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
      say(`${plan.name}: ${plan.rows} rows in ${one.seconds.toFixed(1)} s, ${one.peakRssMb} MB`);
    }
  }
  return PLANS.map((plan) => summary(plan, measured.get(plan) ?? []));
}

say(`recording ${rows} rows`);
await recordPartitions(rows);
await recordPartitions(peerRows);
const server = await startServer();
try {
  const subjects = await runAll(server.url);
  const [fetch, limit, peer] = subjects.map(({ rowsPerSecond }) => rowsPerSecond);
  const document = {
    benchmark: 'extract',
    work: { rows, columns: COLUMNS.length },
    machine: {
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 1024 ** 3),
      node: process.versions.node,
    },
    subjects,
    ratios: {
      'snowmelt fetch / parquetjs': rounded((fetch ?? 0) / (peer ?? 1)),
      'snowmelt fetch / limit': rounded((fetch ?? 0) / (limit ?? 1)),
    },
    notes: [
      'ratios are of rows per second; above 1 means that snowmelt is faster',
      `snowflake-sdk + parquetjs: one round of ${peerRows} rows`,
    ],
  };
  if (options.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else
    console.table(subjects.map(({ seconds, ...shown }) => ({ ...shown, seconds: `${seconds}` })));
} finally {
  server.stop();
}

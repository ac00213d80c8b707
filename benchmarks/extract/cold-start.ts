import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from '#test/helpers/extract-process.ts';

/** A process that imports the function and calls it; prints when it began, in milliseconds. */
const SCRIPT = `
process.stdout.write(String(performance.timeOrigin + performance.now()));
const { handler } = require(process.argv[1]);
const interval = { id: 'cold', group: 'default', queries: ['orders'] };
handler({ step: 'plan', runId: 'cold', pipeline: 'bench', query: 'orders', interval })
  .catch(() => process.exit(0));
`;

const environment = (endpoint: string, home: string) => ({
  PATH: process.env.PATH,
  STAGE: 'bench',
  LOG_LEVEL: 'error',
  LAKE_BUCKET: 'lake',
  ARTIFACTS_BUCKET: 'artifacts',
  STATE_TABLE: 'state',
  BRONZE_DATABASE: 'bronze',
  SNOWFLAKE_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:x',
  HOME: home,
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
});

async function startOnce(bundle: string, home: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const env = environment(`http://127.0.0.1:${port}`, home);
  const child = spawn(process.execPath, ['-e', SCRIPT, bundle], { env });
  let began = '';
  child.stdout.on('data', (chunk) => {
    began += String(chunk);
  });
  const requestedAt = await new Promise<number>((done, fail) => {
    server.once('request', () => done(performance.timeOrigin + performance.now()));
    child.once('exit', () => fail(new Error('the function ended without a request')));
  });
  child.kill();
  server.closeAllConnections();
  server.close();
  return Math.round(requestedAt - Number(began));
}

/** Milliseconds from the import of the extractor's bundle to its first request, several times. */
export async function measureColdStart(
  times: number,
): Promise<{ milliseconds: number[]; bundleKb: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cold-'));
  const bundle = await bundleFunction('extract-table', folder);
  const milliseconds: number[] = [];
  for (let n = 0; n < times; n++) milliseconds.push(await startOnce(bundle, folder));
  const bundleKb = Math.round(statSync(bundle).size / 1024);
  rmSync(folder, { recursive: true });
  return { milliseconds, bundleKb };
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Warehouse } from '#src/ports/warehouse.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { bundleFunction, startExtraction } from '#test/helpers/extract-process.ts';
import {
  connectionTo,
  loginOf,
  openSource,
  runAll,
  startSource,
} from '#test/helpers/extract-source.ts';
import {
  committedManifests,
  functionEnvironment,
  makeResources,
  publish,
} from '#test/helpers/extract-stage.ts';
import type { TestStandIn } from '#test/helpers/snowflake-client.ts';

const ROWS = 1_200_000;
const MB = 1024 * 1024;

/** What the function is given, and may not use up: two partitions of 32 MB, as text, and their files. */
const DISK_MB = 96;

let emulator: Emulator;
let standIn: TestStandIn;
let source: Warehouse;

beforeAll(async () => {
  [emulator, standIn] = await Promise.all([startEmulator('extract-disk'), startSource()]);
  source = openSource(standIn);
  await runAll(
    source,
    'create table wide (id number(18,0), note varchar, updated_at timestamp_ntz)',
    `insert into wide select seq4(), rpad('row ' || seq4(), 120, 'x'),
       dateadd(second, -600, current_timestamp())::timestamp_ntz
     from table(generator(rowcount => ${ROWS}))`,
  );
});
afterAll(async () => {
  await Promise.all([emulator?.remove(), standIn?.dispose()]);
});

/** Bytes of everything under a folder now; files that go while it looks count as nothing. */
function usedBytes(folder: string): number {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names.reduce((sum, name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    return sum + (found?.isFile() ? found.size : 0);
  }, 0);
}

describe('a table larger than the disk of the function', () => {
  it('is extracted whole, two files at a time', async () => {
    const { secretArn } = await makeResources(emulator, loginOf(standIn));
    // A file system of that size, where one is at hand.
    const home = process.env.SNOWMELT_SMALL_DISK;
    const made = await functionEnvironment(emulator, emulator.endpoint, secretArn);
    const env = { ...made, HOME: home ?? (made.HOME as string) };
    const module = await bundleFunction('extract-table', join(emulator.places.home, 'bundle'));
    const query = {
      name: 'wide',
      table: 'wide',
      key: ['id'],
      watermark_column: 'updated_at',
      max_file_mb: 1,
    };
    await publish(emulator, {
      name: 'disk',
      snowflake: connectionTo(standIn),
      extract: { source_system: 'disk', queries: [query] },
    });
    const interval = { id: 'disk-1', group: 'default', queries: ['wide'] };
    const run = startExtraction(module, env, {
      runId: 'disk-1',
      pipeline: 'disk',
      query: 'wide',
      interval,
    });
    let most = 0;
    while (run.child.exitCode === null && run.child.signalCode === null) {
      most = Math.max(most, usedBytes(env.HOME));
      await sleep(10);
    }

    expect(await run.answer).toMatchObject({ rows: ROWS });
    const [manifest] = await committedManifests(emulator, { pipeline: 'disk', query: 'wide' });
    expect(manifest?.rows).toBe(ROWS);
    const textMb = (ROWS * 150) / MB;
    expect(textMb).toBeGreaterThan(1.5 * DISK_MB);
    expect(most / MB).toBeLessThan(DISK_MB);
    expect(most / MB).toBeGreaterThan(1);
    process.stdout.write(
      `most on the disk at once: ${Math.round(most / MB)} MB of about ${Math.round(textMb)} MB\n`,
    );
  });
});

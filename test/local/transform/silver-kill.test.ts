import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paths } from '#local/setup/paths.ts';

const FOLDER = 'test/glue-scripts';
const FILES = ['test_silver_kill.py', 'soak_silver_kill.py'];
const HOURS_AT_MOST = 24;

/** Exit code of pytest over the kill tests. They bring an emulator of their own. */
function pytest(): Promise<number | null> {
  const { SNOWMELT_HOME: _, ...env } = process.env;
  const java = paths.javaHome === undefined ? {} : { JAVA_HOME: paths.javaHome };
  const child = spawn(
    paths.venvPython,
    ['-m', 'pytest', ...FILES.map((file) => join(FOLDER, file))],
    { cwd: paths.root, stdio: 'inherit', env: { ...env, ...java, SNOWMELT_SOAK: '1' } },
  );
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
}

describe('the silver job under a soak', () => {
  it(
    'gives the same values after kills at every boundary and at requests that the seed chooses',
    async () => {
      expect(await pytest()).toBe(0);
    },
    HOURS_AT_MOST * 3_600_000,
  );
});

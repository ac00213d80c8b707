import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Endpoints, platformDown, platformReset, platformUp } from '#local/platform.ts';
import { paths } from '#local/setup/paths.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The one local platform of this test run, as its endpoints.json has it. */
    endpoints: Endpoints;
  }
}

const KEEP = 'SNOWMELT_KEEP_TEST_PLATFORM';

/**
 * Starts one platform for all local tests, empty, in a home of its own: `inject('endpoints')` gives its
 * addresses, SNOWMELT_HOME leads commands to it. With SNOWMELT_KEEP_TEST_PLATFORM=1 it is neither emptied
 * nor stopped, for quick runs while working on a test.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = join(paths.setupDir, 'test');
  const keep = process.env[KEEP] === '1';
  process.env.SNOWMELT_HOME = home;
  if (!keep) await platformReset({ home });
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  project.provide('endpoints', await platformUp({ home }, say));
  return async () => {
    if (!keep) await platformDown({ home });
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths } from '#local/setup/paths.mjs';
import { createEngine } from '#local/snowflake/engine.ts';
import { runForeignClient } from '#test/helpers/foreign-client.ts';
import { startTestStandIn, type TestStandIn } from '#test/helpers/snowflake-client.ts';

let standIn: TestStandIn;
let folder: string;

beforeAll(async () => {
  standIn = await startTestStandIn({ engine: (dataDir) => createEngine({ dataDir }) });
});
afterAll(() => standIn.dispose());

describe('stages with snowflake-connector-python', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'python-stages-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('take and give files, and the frames of write_pandas', async () => {
    const { python } = paths.clients['older Snowflake connector'];

    const seen = await runForeignClient(python, 'python_stages.py', standIn, folder);

    expect(seen).toEqual({
      files: {
        put: ['people.csv', 'people.csv.gz', 'python_inbox/in/people.csv.gz'],
        loaded: ['python_inbox/in/people.csv.gz', 'LOADED', 2, 2],
        ...{ got: 'data_0_0_0.csv.gz', text: '1,Ann\n2,Bo\n', removed: 2 },
      },
      frames: {
        ...{ done: true, chunks: 2, rows: 3 },
        found: [
          [1, 'Ann', 1.5],
          [2, null, 2],
          [3, 'Cy', null],
        ],
        made: true,
      },
    });
  });
});

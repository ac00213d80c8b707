import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { RunDetail, RunLogs, RunPage, StatusOverview } from '#src/model/status.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'status');

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  overview: StatusOverview,
  'overview-empty': StatusOverview,
  runs: RunPage,
  'run-succeeded': RunDetail,
  'run-running': RunDetail,
  'run-failed': RunDetail,
  'run-extract': RunDetail,
  logs: RunLogs,
};

describe('the recorded documents that the web page is developed on', () => {
  it.each(readdirSync(folder).map((file) => file.replace('.json', '')))('%s is valid', (name) => {
    const document: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

    expect(SCHEMAS[name]?.safeParse(document).error).toBeUndefined();
    expect(SCHEMAS[name]).toBeDefined();
  });
});

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { Manifest } from '#src/model/manifest.ts';
import {
  extractWorld,
  ofRun,
  orderColumns,
  orderRows,
  planRequest,
  sourceColumn,
} from '#test/helpers/extract-fixtures.ts';

type World = ReturnType<typeof extractWorld>;

async function extract({ deps }: World, runId: string): Promise<Manifest> {
  const plan = await planExtraction(deps, planRequest(runId));
  for (const part of plan.parts) await extractPart(deps, { step: 'part', ...ofRun(plan), part });
  const { manifestKey } = await commitWindow(deps, { step: 'commit', ...ofRun(plan) });
  return Manifest.parse(JSON.parse((await deps.lake.getText(manifestKey)) ?? ''));
}

const compared = (query: object = {}, key = orderColumns[0]) => {
  const columns = [key ?? sourceColumn('ID', 'NUMBER'), ...orderColumns.slice(1)];
  return extractWorld({
    table: { columns, rows: [] },
    query: { deletes: 'key_difference', key_difference_every: '6 hours', ...query },
  });
};

describe('a comparison of keys', () => {
  it('is made by the first run, and again when its time has come', async () => {
    const world = compared();

    const first = await extract(world, 'run-1');
    world.source.now = '2024-05-01 17:59:59.000000000';
    const second = await extract(world, 'run-2');
    world.source.now = '2024-05-01 18:00:00.000000000';
    const third = await extract(world, 'run-3');

    expect(first.keyList).toMatchObject({ comparedAt: '2024-05-01T12:00:00.000000000Z' });
    expect(second.keyList).toEqual(first.keyList);
    expect(third.keyList).toMatchObject({ comparedAt: '2024-05-01T18:00:00.000000000Z' });
    expect(await world.deps.lake.has(third.keyList?.key ?? '')).toBe(true);
  });

  it('leaves no file behind on the disk of the function', async () => {
    const world = compared();
    await extract(world, 'run-1');

    expect(readdirSync(world.deps.scratchDirectory)).toEqual([]);
  });

  it.each(['FLOAT', 'TIMESTAMP_TZ', 'VARIANT'])('refuses a key of type %s', async (type) => {
    await expect(extract(compared({}, sourceColumn('ID', type)), 'run-1')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`ID has type ${type}`),
    });
  });

  it('is not made where deletes are found otherwise', async () => {
    const world = compared({ deletes: 'none' });
    world.table.rows = orderRows(1);

    expect((await extract(world, 'run-1')).keyList).toBeUndefined();
  });
});

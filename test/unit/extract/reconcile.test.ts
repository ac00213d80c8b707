import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import type { PlanAnswer } from '#src/extract/extract-request.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import {
  extractWorld,
  ofRun,
  orderColumns,
  orderRows,
  planRequest,
} from '#test/helpers/extract-fixtures.ts';

type Part = PlanAnswer['parts'][number];

/** A world whose counts of the source are given, one for each time it is asked. */
function countingWorld(...counts: number[]) {
  const world = extractWorld();
  let asked = 0;
  const warehouse = { ...world.warehouse, scalar: async () => String(counts[asked++]) };
  return { ...world, deps: { ...world.deps, openWarehouse: () => warehouse } };
}

describe('the count at the source', () => {
  it('is asked a second time when rows moved in or out meanwhile', async () => {
    const { deps } = countingWorld(4, 5);

    const plan = await planExtraction(deps, planRequest('run-1'));

    expect(plan.plannedRows).toBe(5);
  });

  it('may change while the query runs, with the result in between', async () => {
    const { deps } = countingWorld(7, 3);

    expect((await planExtraction(deps, planRequest('run-1'))).plannedRows).toBe(5);
  });

  it.each([
    [6, 6],
    [4, 4],
    [7, 6],
  ])('refuses a result of 5 rows when it is %i before and %i after', async (before, after) => {
    const { deps } = countingWorld(before, after);

    await expect(planExtraction(deps, planRequest('run-1'))).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'RECONCILE_MISMATCH',
      details: { rows: 5, before, after },
    });
  });
});

describe('the rows of a part', () => {
  it('must be as many as were announced', async () => {
    const { deps, warehouse } = extractWorld();
    const plan = await planExtraction(deps, planRequest('run-1'));
    const profile = { rows: 4, checksum: 'md5-sum-1:0:0', columns: [] };
    const files = {
      ...deps.files,
      write: async () => ({ rows: 4, bytes: 1, sha256: 'a', profile }),
    };
    const request = { step: 'part' as const, ...ofRun(plan), part: plan.parts[0] as Part };

    await expect(extractPart({ ...deps, files }, request)).rejects.toMatchObject({
      code: 'RESULT_CORRUPT',
      message: expect.stringContaining('4 rows, 5 were announced'),
    });
    expect(readdirSync(deps.scratchDirectory)).toEqual([]);
    expect(warehouse.statements).toHaveLength(1);
  });

  it('that cannot be fetched fail the part, and leave nothing on the disk', async () => {
    const table = { columns: orderColumns, rows: orderRows(30) };
    const world = { table, query: { max_file_mb: 0.0001 }, warehouse: { partitionRows: 10 } };
    const { deps, warehouse } = extractWorld(world);
    const plan = await planExtraction(deps, planRequest('run-1'));
    const savePartition = async (queryId: string, partition: number, path: string) => {
      if (partition === 2) throw new Error('connection lost');
      await warehouse.savePartition(queryId, partition, path);
    };
    const openWarehouse = () => ({ ...warehouse, savePartition });
    const request = { step: 'part' as const, ...ofRun(plan), part: plan.parts[0] as Part };

    await expect(extractPart({ ...deps, openWarehouse }, request)).rejects.toThrow(
      'connection lost',
    );
    expect(readdirSync(deps.scratchDirectory)).toEqual([]);
  });

  it('are not fetched again when the part has been written', async () => {
    const { deps, warehouse } = extractWorld();
    const plan = await planExtraction(deps, planRequest('run-1'));
    const request = { step: 'part' as const, ...ofRun(plan), part: plan.parts[0] as Part };
    const first = await extractPart(deps, request);
    const savePartition = () => Promise.reject(new Error('fetched again'));
    const openWarehouse = () => ({ ...warehouse, savePartition });

    expect(await extractPart({ ...deps, openWarehouse }, request)).toEqual(first);
  });

  it('are skipped where a partition is empty', async () => {
    const { deps, warehouse } = extractWorld();
    const poll = async (queryId: string) => {
      const result = await warehouse.waitFor(queryId);
      const [full] = result.partitions;
      return { ...result, partitions: [full, { rows: 0, bytes: 2 }, full].map((p) => ({ ...p })) };
    };
    const saved: number[] = [];
    const savePartition = async (queryId: string, partition: number, path: string) => {
      saved.push(partition);
      await warehouse.savePartition(queryId, 0, path);
    };
    const openWarehouse = () => ({ ...warehouse, poll, savePartition }) as typeof warehouse;
    const plan = await planExtraction({ ...deps, openWarehouse }, planRequest('run-1'));
    const request = { step: 'part' as const, ...ofRun(plan), part: plan.parts[0] as Part };

    const answer = await extractPart({ ...deps, openWarehouse }, request);

    expect(saved.sort()).toEqual([0, 2]);
    expect(answer.rows).toBe(10);
  });
});

describe('the commit', () => {
  it('refuses files that hold other rows than the source', async () => {
    const { deps } = extractWorld();
    const plan = await planExtraction(deps, planRequest('run-1'));
    const request = { step: 'part' as const, ...ofRun(plan), part: plan.parts[0] as Part };
    const part = await extractPart(deps, request);
    const result = JSON.parse((await deps.lake.getText(part.resultKey)) ?? '');
    await deps.lake.putText(part.resultKey, JSON.stringify({ ...result, rows: 4 }));

    await expect(commitWindow(deps, { step: 'commit', ...ofRun(plan) })).rejects.toMatchObject({
      code: 'RECONCILE_MISMATCH',
      details: { rowsInFiles: 4, resultRows: 5, sourceRows: 5 },
    });
    expect([...deps.lake.objects.keys()].some((key) => key.endsWith('_manifest.json'))).toBe(false);
    expect((await deps.watermarks.read(plan)).version).toBe(0);
  });
});

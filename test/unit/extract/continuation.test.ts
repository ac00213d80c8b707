import { describe, expect, it } from 'vitest';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import { hasTimeFor, secondsToWait } from '#src/extract/invocation.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import {
  extractWorld,
  ofRun,
  orderColumns,
  orderRows,
  planRequest,
} from '#test/helpers/extract-fixtures.ts';

/** Ten partitions of one row each, one to a file. */
const manyFiles = () =>
  extractWorld({
    table: { columns: orderColumns, rows: orderRows(10) },
    query: { max_file_mb: 0.000001 },
    warehouse: { partitionRows: 1 },
  });

const extractAll = async (deps: ReturnType<typeof manyFiles>['deps'], runId: string) => {
  const plan = await planExtraction(deps, planRequest(runId));
  const answers = [];
  for (const part of plan.parts) {
    for (let isDone = false; !isDone; ) {
      const answer = await extractPart(deps, { step: 'part', ...ofRun(plan), part });
      answers.push(answer);
      isDone = answer.isDone;
    }
  }
  const commit = await commitWindow(deps, { step: 'commit', ...ofRun(plan) });
  return { answers, commit };
};

const filesOf = async (deps: ReturnType<typeof manyFiles>['deps'], manifestKey: string) =>
  JSON.parse((await deps.lake.getText(manifestKey)) ?? '').files;

describe('a part whose invocation ends', () => {
  it('stops at the end of a file, and goes on from there when it is asked again', async () => {
    const short = manyFiles();
    const { answers, commit } = await extractAll({ ...short.deps, remainingMs: () => 0 }, 'run-1');

    expect(answers.map(({ nextPartition }) => nextPartition)).toEqual([
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      null,
    ]);
    expect(answers.map(({ rows }) => rows)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(commit).toMatchObject({ rows: 10, files: 10 });
  });

  it('writes the same files however often it was interrupted', async () => {
    const [short, long] = [manyFiles(), manyFiles()];
    const first = await extractAll({ ...short.deps, remainingMs: () => 0 }, 'run-1');
    const second = await extractAll(long.deps, 'run-1');

    expect(second.answers).toHaveLength(1);
    expect(await filesOf(short.deps, first.commit.manifestKey)).toEqual(
      await filesOf(long.deps, second.commit.manifestKey),
    );
  });

  it('cannot be committed half done', async () => {
    const { deps } = manyFiles();
    const short = { ...deps, remainingMs: () => 0 };
    const plan = await planExtraction(short, planRequest('run-1'));
    const part = plan.parts[0] as (typeof plan.parts)[number];
    await extractPart(short, { step: 'part', ...ofRun(plan), part });

    await expect(commitWindow(deps, { step: 'commit', ...ofRun(plan) })).rejects.toMatchObject({
      code: 'RECONCILE_MISMATCH',
    });
  });
});

describe('a statement that outlasts its invocation', () => {
  it('is started once and asked for until it has ended', async () => {
    const { deps, warehouse, source } = extractWorld({ warehouse: { pollsUntilDone: 2 } });

    const first = await planExtraction(deps, planRequest('run-1'));
    expect(first).toMatchObject({ hasWindow: true, parts: [], waitSeconds: 5 });
    source.now = '2024-05-01 18:00:00.000000000';
    const second = await planExtraction(deps, planRequest('run-1'));
    expect(second).toEqual(first);
    const third = await planExtraction(deps, planRequest('run-1'));

    expect(third).toMatchObject({ hasWindow: true, window: first.window, plannedRows: 5 });
    expect(third).not.toHaveProperty('waitSeconds');
    expect(warehouse.statements).toHaveLength(1);
  });
});

describe('the time of an invocation', () => {
  it.each([
    [10_000, 2000, true],
    [6001, 2000, true],
    [6000, 2000, false],
    [3000, 0, false],
    [Number.POSITIVE_INFINITY, 1e9, true],
  ])('of which %d ms are left %s after pieces of %d ms', (left, longest, expected) => {
    expect(hasTimeFor(left, longest)).toBe(expected);
  });

  it('is waited away by half at most', () => {
    expect(secondsToWait(Number.POSITIVE_INFINITY)).toBe(10);
    expect(secondsToWait(900_000)).toBe(10);
    expect(secondsToWait(13_000)).toBe(5);
    expect(secondsToWait(1000)).toBe(0);
  });
});

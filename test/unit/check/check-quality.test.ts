import { describe, expect, it } from 'vitest';
import { createHandler } from '#functions/check-quality/handler.ts';
import { memoryObjectStore } from '#src/adapters/memory/memory-object-store.ts';
import { memoryPipelineStore } from '#src/adapters/memory/memory-pipeline-store.ts';
import { Verdict } from '#src/model/quality.ts';
import { createLog } from '#src/runtime/log.ts';
import { layerReport, pipelineDocument } from '#test/helpers/documents.ts';

const reportKey = 'quality/shop/hourly-20260102T030000Z/silver.report.json';
const verdictKey = 'quality/shop/hourly-20260102T030000Z/silver.verdict.json';

const request = {
  pipeline: 'shop',
  pipelineKey: 'pipelines/shop/memory.json',
  interval: 'hourly-20260102T030000Z',
  intervalKey: 'intervals/shop/hourly-20260102T030000Z.json',
  layer: 'silver',
  runId: 'shop-hourly-20260102T030000Z',
};

const check = {
  name: 'has_id',
  layer: 'silver',
  table: 'dim_orders',
  kind: 'not_null',
  column: 'order_id',
};

function open(checks: object[], report?: object) {
  const artifacts = memoryObjectStore();
  if (report !== undefined) artifacts.putText(reportKey, JSON.stringify(report));
  const pipelines = memoryPipelineStore(pipelineDocument({ checks }));
  const clock = { now: () => new Date('2026-01-02T03:06:00Z') };
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  const metrics: string[] = [];
  const handle = createHandler({ artifacts, pipelines, clock }, log, (line) => metrics.push(line));
  return { artifacts, lines, metrics, handle };
}

describe('check-quality', () => {
  it('keeps a verdict beside the report and answers where it is', async () => {
    const { handle, artifacts } = open(
      [check],
      layerReport({
        measurements: [{ check: 'has_id', failing: 0, total: 90 }],
      }),
    );

    const answer = await handle(request);

    expect(answer).toEqual({ status: 'pass', verdictKey, failed: [] });
    const verdict = Verdict.parse(JSON.parse((await artifacts.getText(verdictKey)) ?? ''));
    expect(verdict).toMatchObject({
      judgedAt: '2026-01-02T03:06:00.000Z',
      runId: request.runId,
      status: 'pass',
    });
  });

  it('answers fail, names the failed checks, and logs each that did not pass', async () => {
    const warning = { ...check, name: 'soft', severity: 'warn' };
    const measurements = [
      { check: 'has_id', failing: 3, total: 90 },
      { check: 'soft', failing: 1, total: 90 },
    ];
    const { handle, lines, metrics } = open([check, warning], layerReport({ measurements }));

    const answer = await handle(request);

    expect(answer).toMatchObject({ status: 'fail', failed: ['has_id'] });
    expect(JSON.parse(metrics[0] ?? '')).toMatchObject({ ChecksWarned: 1, ChecksFailed: 1 });
    const warned = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');
    expect(warned.map(({ check }) => check)).toEqual(['has_id', 'soft']);
  });

  it.each([
    ['there is no report', undefined, 'NOT_FOUND'],
    ['the report is of another run', layerReport({ runId: 'earlier' }), 'NOT_FOUND'],
    ['the report is malformed', { pipeline: 'shop' }, 'EVENT_INVALID'],
  ])('refuses for good when %s', async (_why, report, code) => {
    const { handle } = open([check], report);

    await expect(handle(request)).rejects.toMatchObject({ name: 'TerminalError', code });
  });
});

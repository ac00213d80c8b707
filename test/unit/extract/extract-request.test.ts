import { describe, expect, it } from 'vitest';
import { ExtractRequest } from '#src/extract/extract-request.ts';
import { planRequest } from '#test/helpers/extract-fixtures.ts';

describe('ExtractRequest', () => {
  it('takes a plan with and without a window, and ignores what it does not know', () => {
    const { window, ...plan } = planRequest('run-1');

    expect(window).toBeUndefined();
    expect(ExtractRequest.parse({ ...plan, comment: 'by hand' })).toEqual(plan);
    expect(ExtractRequest.parse({ ...plan, window: null })).toMatchObject({ window: null });
    expect(ExtractRequest.parse({ ...plan, window: { to: '2024-01-01' } })).toMatchObject({
      window: { from: null, to: '2024-01-01' },
    });
    expect(
      ExtractRequest.parse({ ...plan, window: { from: '2023-01-01', to: '2024-01-01' } }),
    ).toMatchObject({ window: { from: '2023-01-01', to: '2024-01-01' } });
  });

  it.each([
    [{ step: 'load' }],
    [{ ...planRequest('run-1'), runId: 'a/b' }],
    [{ step: 'part', runId: 'run-1', pipeline: 'shop', pipelineKey: 'k', query: 'q', part: 0 }],
    [{ step: 'commit', runId: 'run-1', pipeline: 'shop', query: 'q', parts: [] }],
  ])('refuses %j', (event) => {
    expect(ExtractRequest.safeParse(event).success).toBe(false);
  });
});

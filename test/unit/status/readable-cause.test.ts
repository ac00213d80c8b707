import { describe, expect, it } from 'vitest';
import { readableCause } from '#src/status/readable-cause.ts';

describe('readableCause', () => {
  it.each([
    [
      'of a Lambda function',
      '{"errorMessage":"Cannot plan: no.","errorType":"TerminalError"}',
      'Cannot plan: no.',
    ],
    ['of a Glue job', '{"JobName":"silver","ErrorMessage":"KeyError"}', 'KeyError'],
    [
      'of a training job',
      '{"FailureReason":"AlgorithmError: exit code 2"}',
      'AlgorithmError: exit code 2',
    ],
    [
      'of a nested run',
      JSON.stringify({ Status: 'FAILED', Cause: '{"FailureReason":"no rows"}' }),
      'no rows',
    ],
    ['in plain text', 'Checks of silver failed.', 'Checks of silver failed.'],
    ['in a document without one', '{"a":1}', '{"a":1}'],
    ['in broken JSON', '{"errorMessage":', '{"errorMessage":'],
  ])('finds the sentence %s', (_where, cause, sentence) => {
    expect(readableCause(cause)).toBe(sentence);
  });

  it('gives up on causes within causes at some depth', () => {
    const nested = Array.from({ length: 8 }).reduce<string>(
      (cause) => JSON.stringify({ Cause: cause }),
      'core',
    );

    expect(readableCause(nested)).toContain('core');
    expect(readableCause(nested)).toMatch(/^\{/);
  });
});

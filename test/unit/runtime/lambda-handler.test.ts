import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TransientError } from '#src/errors.ts';
import { lambdaHandler } from '#src/runtime/lambda-handler.ts';
import { createLog } from '#src/runtime/log.ts';

const schema = z.object({ runId: z.string(), count: z.number() });

/** A handler and the lines it logs. */
function handlerOf(run: (count: number) => Promise<number>) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ write: (line) => lines.push(JSON.parse(line)) });
  const options = { stage: 'extract', schema, log };
  return { handler: lambdaHandler(options, ({ count }) => run(count)), lines };
}

describe('lambdaHandler', () => {
  it('returns what is returned, and says how long it took', async () => {
    const { handler, lines } = handlerOf(async (count) => count + 1);

    expect(await handler({ runId: 'run-1', count: 1 })).toBe(2);
    expect(lines).toMatchObject([
      { level: 'info', message: 'done', stage: 'extract', runId: 'run-1' },
    ]);
    expect(lines[0]?.milliseconds).toEqual(expect.any(Number));
  });

  it('refuses an event of another shape, naming what is wrong', async () => {
    const { handler, lines } = handlerOf(async (count) => count);

    await expect(handler({ count: 'one' })).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'EVENT_INVALID',
      message: expect.stringMatching(/runId: .*count: /),
    });
    await expect(handler(null)).rejects.toMatchObject({ code: 'EVENT_INVALID' });
    expect(lines[0]).toMatchObject({ level: 'error', code: 'EVENT_INVALID' });
  });

  it('logs an error with its code and throws it as it is', async () => {
    const error = new TransientError('Cannot read: busy. Try again.', {
      code: 'STORE_UNAVAILABLE',
      details: { key: 'a' },
      cause: new Error('socket', { cause: new Error('reset') }),
    });
    const { handler, lines } = handlerOf(() => Promise.reject(error));

    await expect(handler({ runId: 'run-1', count: 1 })).rejects.toBe(error);
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'failed',
        errorName: 'TransientError',
        code: 'STORE_UNAVAILABLE',
        details: { key: 'a' },
        causes: ['Error: socket', 'Error: reset'],
      },
    ]);
  });

  it.each([new TypeError('x is undefined'), 'a text'])(
    'throws what is unknown as a terminal error',
    async (thrown) => {
      const { handler, lines } = handlerOf(() => Promise.reject(thrown));

      await expect(handler({ runId: 'run-1', count: 1 })).rejects.toMatchObject({
        name: 'TerminalError',
        code: 'UNEXPECTED',
      });
      expect(lines[0]?.level).toBe('error');
    },
  );
});

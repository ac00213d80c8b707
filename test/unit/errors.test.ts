import { describe, expect, it } from 'vitest';
import { isSnowmeltError, TerminalError, TransientError } from '#src/errors.ts';

describe('our errors', () => {
  it('carry code, details and cause, under a name that Step Functions matches', () => {
    const cause = new Error('socket closed');
    const error = new TransientError('Cannot do it: no answer. Try again.', {
      code: 'STORE_UNAVAILABLE',
      details: { attempts: 3 },
      cause,
    });

    expect(error).toMatchObject({
      name: 'TransientError',
      code: 'STORE_UNAVAILABLE',
      details: { attempts: 3 },
    });
    expect(error.cause).toBe(cause);
    expect(new TerminalError('no', { code: 'UNEXPECTED' })).toMatchObject({
      name: 'TerminalError',
      details: {},
    });
    expect('cause' in new TerminalError('no', { code: 'UNEXPECTED' })).toBe(false);
  });

  it('are known by class and, from another bundle, by name', () => {
    const foreign = Object.assign(new Error('no'), { name: 'TransientError' });
    const terminal = Object.assign(new Error('no'), { name: 'TerminalError' });

    expect(isSnowmeltError(new TerminalError('no', { code: 'UNEXPECTED' }))).toBe(true);
    expect(isSnowmeltError(foreign)).toBe(true);
    expect(isSnowmeltError(terminal)).toBe(true);
    expect(isSnowmeltError(new Error('no'))).toBe(false);
    expect(isSnowmeltError('TerminalError')).toBe(false);
  });
});

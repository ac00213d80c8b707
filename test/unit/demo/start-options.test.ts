import { describe, expect, it } from 'vitest';
import { readStartOptions } from '#local/demo/start-options.ts';

describe('the options of npm start', () => {
  it('are the whole story and an open status page in a terminal', () => {
    expect(readStartOptions([], true)).toEqual({ scale: 0.4, exits: false });
    expect(readStartOptions(['--all'], true)).toEqual({ scale: 0.4, exits: false });
  });

  it('let it end when nobody watches, or when asked to', () => {
    expect(readStartOptions([], false).exits).toBe(true);
    expect(readStartOptions(['--exit'], true).exits).toBe(true);
  });

  it('name one stage', () => {
    const options = readStartOptions(['--only', 'check', '--scale', '0.02'], true);

    expect(options).toEqual({ scale: 0.02, exits: false, only: 'check' });
  });

  it.each([
    [['--only', 'sync'], 'expected one of extract, transform, check, train, status'],
    [['--only', 'check', '--all'], 'give one of --all and --only'],
    [['--scale', '0'], 'give a number above 0'],
    [['--scale', 'much'], 'Cannot use --scale much'],
    [['--onyl', 'check'], "Unknown option '--onyl'"],
    [['check'], 'Unexpected argument'],
  ])('refuse %j', (argv, why) => {
    expect(() => readStartOptions(argv, true)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(why) }),
    );
  });
});

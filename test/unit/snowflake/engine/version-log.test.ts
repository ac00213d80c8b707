import { describe, expect, it } from 'vitest';
import { type TableVersion, VersionLog } from '#local/snowflake/versions/version-log.ts';

const version = (number: number, more: Partial<TableVersion> = {}): TableVersion => ({
  ...{ version: number, tableId: 1, generation: 0, queryId: `q${number}` },
  ...{ mark: number * 10, isBase: false, committedAt: number * 1000 },
  ...more,
});

function logOf(...versions: TableVersion[]): VersionLog {
  const log = new VersionLog();
  log.apply(versions);
  return log;
}

describe('VersionLog', () => {
  it('finds what a table was at any version', () => {
    const log = logOf(version(2), version(3, { tableId: 2 }), version(5));
    expect(log.at(1, 1)).toBeUndefined();
    expect(log.at(1, 4)?.version).toBe(2);
    expect(log.at(1, 9)?.version).toBe(5);
    expect(log.last).toBe(5);
  });

  it('forgets what was before a base', () => {
    const log = logOf(version(2), version(5, { isBase: true }), version(6));
    expect(log.versions(1).map((each) => each.version)).toEqual([5, 6]);
  });

  it('gives every statement a number of its own, above those that were loaded', () => {
    const log = logOf(version(7));
    expect([log.next(), log.next()]).toEqual([8, 9]);
  });

  it('never lets the time of a commit go back', () => {
    const log = logOf(version(2, { committedAt: 5000 }));
    expect(log.stamp(4000)).toBe(5000);
    expect(log.stamp(6000)).toBe(6000);
    expect(log.stamp(5500)).toBe(6000);
  });

  it('tells a commit to wait until it is later than the statements that do not see it', () => {
    const log = logOf();
    log.issue(new Date(1000));
    expect(log.isTooEarly(1000)).toBe(true);
    expect(log.isTooEarly(1001)).toBe(false);
  });

  it('knows where a statement ran: by its version, or what was there before and after', () => {
    const log = logOf(version(2), version(3));
    log.remember('select', 2);
    expect(log.statement('q3')).toEqual({ before: 2, after: 3 });
    expect(log.statement('select')).toEqual({ before: 2, after: 3 });
    expect(log.statement('unknown')).toBeUndefined();
  });
});

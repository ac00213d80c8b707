import { createHash } from 'node:crypto';
import type { Interval } from './interval.ts';

/** `YYYYMMDDTHHMMSSZ`, as ids of intervals use it. */
export const compactTime = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d+/g, '');

const TIME = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/;

/** The instant an interval's id names, or null when it names none. */
export function intervalTime(id: string): Date | null {
  const found = TIME.exec(id);
  if (found === null) return null;
  const [, year, month, day, hour, minute, second] = found;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/**
 * The interval of a manifest that came after another one of the same query in the same interval: its rows must not
 * wait for an interval that may be through already. The same manifest always gives the same interval.
 */
export function lateInterval(interval: Interval, query: string, manifestKey: string): Interval {
  const hash = createHash('sha256').update(manifestKey).digest('hex').slice(0, 8);
  return {
    id: `${interval.id.slice(0, 46)}-late-${hash}`,
    group: interval.group,
    queries: [query],
  };
}

import { UsageError } from './command.ts';

/** A window as a person gives it: `[from, to)`. */
export interface DayWindow {
  readonly from: string;
  readonly to: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MS_PER_DAY = 86_400_000;

/** Most windows of one command; more is a sign of a mistyped year. */
const MAX_DAYS = 3660;

function requireDay(option: string, text: string | boolean | undefined): number {
  const time =
    typeof text === 'string' && DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`Cannot read --${option} ${text ?? ''}: give a day, such as 2024-01-31.`);
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/**
 * The days from one to another, the last one not included, each as a window.
 *
 * @throws UsageError when one is no day, or they are not in order
 */
export function dayWindows(
  from: string | boolean | undefined,
  to: string | boolean | undefined,
): DayWindow[] {
  const [first, end] = [requireDay('from', from), requireDay('to', to)];
  const days = (end - first) / MS_PER_DAY;
  if (days < 1 || days > MAX_DAYS) {
    throw new UsageError(
      `Cannot take the days from ${from} to ${to}: --to is the day after the last one, ` +
        `and there are at most ${MAX_DAYS}.`,
    );
  }
  return Array.from({ length: days }, (_, day) => ({
    from: dayOf(first + day * MS_PER_DAY),
    to: dayOf(first + (day + 1) * MS_PER_DAY),
  }));
}

/** Does something for every item, so many at a time, and answers in the items' order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

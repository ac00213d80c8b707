import type { Emulator } from './emulator.ts';
import { committedManifests, queryCommitted } from './extract-stage.ts';

const NOTE_LENGTH = 150;

/** The note of an order, which the check makes anew for each id. */
export const noteSql = (id: string) => `rpad('order ' || ${id}, ${NOTE_LENGTH}, 'x')`;

/** What bronze must hold, from the ids alone. */
interface Expected {
  readonly rows: number;
  readonly ids: number;
  readonly sum: string;
  readonly strange: number;
}

/** What the test has put into the source: rows with ids from 0 up, and their notes. */
export interface Written {
  readonly pipeline: string;
  /** Name of the query. */
  readonly name: string;
  readonly rows: number;
}

/**
 * Compares bronze, as the committed manifests have it, with what the test has put into the source; the source is not
 * asked. Windows must follow one another without a gap.
 */
export async function checkBronze(emulator: Emulator, story: Written): Promise<void> {
  const { rows } = story;
  const id = { pipeline: story.pipeline, query: story.name };
  const [found] = await queryCommitted(
    emulator,
    id,
    `select count(*)::int "rows", count(distinct id)::int ids, sum(id)::varchar sum,
       count(*) filter (note is distinct from ${noteSql('id::bigint')})::int strange from bronze`,
  );
  const sum = String((BigInt(rows) * BigInt(rows - 1)) / 2n);
  const expected: Expected = { rows, ids: rows, sum, strange: 0 };
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(
      `${story.name}: bronze holds ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`,
    );
  }
  const manifests = await committedManifests(emulator, id);
  const windows = manifests.map(({ window }) => window);
  const gap = windows.slice(1).findIndex((window, index) => window?.from !== windows[index]?.to);
  if (gap >= 0) throw new Error(`${story.name}: windows ${gap} and ${gap + 1} do not meet`);
}

import type { ResultPartition } from '../ports/warehouse.ts';

/** Consecutive partitions of a result, `[from, to)`. */
export interface PartitionRange {
  readonly fromPartition: number;
  readonly toPartition: number;
  readonly rows: number;
}

/** The files that one invocation writes. */
export interface PartRange extends PartitionRange {
  readonly part: number;
  /** Number of its first file, counted over the whole window. */
  readonly firstFile: number;
}

/**
 * Size of a file over that of the same rows as JSON text. Between 0.12 and 0.35 for the tables
 * measured; a little high on purpose, since a file that comes out small harms less than one that
 * does not fit on the disk.
 */
const FILE_BYTES_PER_TEXT_BYTE = 0.3;

/** Most text of one file on the disk at a time, in bytes; two files' text are there at once. */
const MAX_FILE_TEXT_BYTES = 1024 ** 3;

/**
 * One file is fetched while the one before is written, so that a result makes several where they do
 * not become small: below this text, about 16 MB of Parquet, there is no use in it.
 */
const OVERLAPPED_FILES = 5;
const SMALL_FILE_TEXT_BYTES = 48 * 1024 ** 2;

/**
 * Text that one invocation takes, in bytes: at 20 MB a second, a minute and a half of its fifteen.
 */
const MAX_PART_TEXT_BYTES = 2 * 1024 ** 3;

/** Cuts consecutive things into runs that stay below a size, each with at least one thing. */
function cutBySize<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  limit: number,
): Item[][] {
  const runs: Item[][] = [];
  let size = 0;
  for (const item of items) {
    const run = runs.at(-1);
    if (run === undefined || size + sizeOf(item) > limit) {
      runs.push([item]);
      size = sizeOf(item);
    } else {
      run.push(item);
      size += sizeOf(item);
    }
  }
  return runs;
}

interface SizedRange extends PartitionRange {
  readonly bytes: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function joinRanges(ranges: readonly SizedRange[]): SizedRange {
  return {
    fromPartition: Math.min(...ranges.map(({ fromPartition }) => fromPartition)),
    toPartition: Math.max(...ranges.map(({ toPartition }) => toPartition)),
    rows: sum(ranges.map(({ rows }) => rows)),
    bytes: sum(ranges.map(({ bytes }) => bytes)),
  };
}

/**
 * Which partitions go into which file; the same partitions from the same start always give the same
 * files.
 */
export function planFiles(
  partitions: readonly ResultPartition[],
  range: { readonly fromPartition: number; readonly toPartition: number },
  maxFileBytes: number,
): readonly SizedRange[] {
  const limit = Math.min(
    maxFileBytes / FILE_BYTES_PER_TEXT_BYTE,
    MAX_FILE_TEXT_BYTES,
    Math.max(sum(partitions.map(({ bytes }) => bytes)) / OVERLAPPED_FILES, SMALL_FILE_TEXT_BYTES),
  );
  const single = partitions
    .map(({ rows, bytes }, index) => {
      return { fromPartition: index, toPartition: index + 1, rows, bytes };
    })
    .slice(range.fromPartition, range.toPartition)
    .filter(({ rows }) => rows > 0);
  return cutBySize(single, ({ bytes }) => bytes, limit).map(joinRanges);
}

/** Which files go into which invocation. A result without rows has no parts. */
export function planParts(
  partitions: readonly ResultPartition[],
  maxFileBytes: number,
): readonly PartRange[] {
  const whole = { fromPartition: 0, toPartition: partitions.length };
  const files = planFiles(partitions, whole, maxFileBytes);
  let firstFile = 0;
  return cutBySize(files, ({ bytes }) => bytes, MAX_PART_TEXT_BYTES).map((run, part) => {
    const { fromPartition, toPartition, rows } = joinRanges(run);
    const range = { part, fromPartition, toPartition, firstFile, rows };
    firstFile += run.length;
    return range;
  });
}

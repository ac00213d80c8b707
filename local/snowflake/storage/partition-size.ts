/**
 * The largest partitions, uncompressed. Snowflake's are between 10 and 100 MB, as the answer in
 * https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses shows.
 */
const LARGEST_BYTES = 32 * 1024 * 1024;

/** The first partition travels inside the answer, so that a reader sees rows at once. */
const FIRST_BYTES = 256 * 1024;

const SECOND_BYTES = 1024 * 1024;

/** Where partition `index` ends: the first is small, each further one twice the one before it. */
export function partitionLimit(index: number): number {
  if (index === 0) return FIRST_BYTES;
  return Math.min(SECOND_BYTES * 2 ** Math.min(index - 1, 10), LARGEST_BYTES);
}

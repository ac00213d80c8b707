import { TerminalError } from '../../errors.ts';
import { RetryableFailure } from './retry.ts';

/**
 * Partitions after the first come as `{"data": [ rows ]}`, white space anywhere.
 * https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses
 */
const HEAD = /^\s*\{\s*"data"\s*:\s*\[/;
const TAIL = /\]\s*\}\s*$/;

/** Bytes in which the head must be found; also those held back, in which the tail must. */
const EDGE_BYTES = 256;

function corrupt(doing: string): RetryableFailure {
  return new RetryableFailure(
    new TerminalError(`Cannot ${doing} at Snowflake: the answer is cut off. Extract again.`, {
      code: 'RESULT_CORRUPT',
    }),
  );
}

/**
 * Takes the rows out of a partition as it arrives: a JSON array of rows, its bytes otherwise
 * unchanged. Nothing is parsed and at most a few hundred bytes are held.
 *
 * @throws RetryableFailure of RESULT_CORRUPT when the answer does not begin or end as it should
 */
export async function* partitionRows(
  chunks: AsyncIterable<Uint8Array>,
  doing: string,
): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  let isInside = false;
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    if (!isInside) {
      const head = HEAD.exec(held.toString('latin1', 0, EDGE_BYTES));
      if (head === null && held.length >= EDGE_BYTES) throw corrupt(doing);
      if (head === null) continue;
      isInside = true;
      held = Buffer.concat([Buffer.from('['), held.subarray(head[0].length)]);
    }
    if (held.length > EDGE_BYTES) {
      yield held.subarray(0, -EDGE_BYTES);
      held = held.subarray(-EDGE_BYTES);
    }
  }
  const tail = TAIL.exec(held.toString('latin1'));
  if (!isInside || tail === null) throw corrupt(doing);
  yield Buffer.concat([held.subarray(0, tail.index), Buffer.from(']')]);
}

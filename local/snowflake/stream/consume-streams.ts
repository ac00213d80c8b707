import type { StreamObject } from '../catalog/model.ts';
import type { Statement } from '../session/answer.ts';
import type { SessionState } from '../session/session-state.ts';
import type { Work } from '../session/transaction.ts';

/**
 * Moves the streams that a writing statement has read, in its transaction: others see it with the
 * commit, and nothing is consumed by a statement that fails or is rolled back. A stream that was
 * read at all is consumed up to where it was read, whatever rows the statement took from it.
 * https://docs.snowflake.com/en/user-guide/streams-intro#stream-offset
 */
export async function consumeStreams(
  session: SessionState,
  { now }: Pick<Statement, 'now'>,
  work: Pick<Work, 'run'>,
  streams: ReadonlyMap<StreamObject, number>,
): Promise<void> {
  for (const [stream, next] of streams) {
    await work.run(
      `UPDATE _sf.stream_offsets SET version = ${next}, is_initial = FALSE, ` +
        `consumed_at = ${now.getTime()} WHERE stream_id = ${stream.id}`,
    );
    session.recorder.structureChanged();
  }
}

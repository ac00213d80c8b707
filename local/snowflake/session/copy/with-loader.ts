import type { StoreConnection } from '../../storage/connection.ts';
import type { Statement } from '../answer.ts';
import type { SessionState } from '../session-state.ts';

/**
 * Works on a connection beside the session's, on which an error leaves the session's transaction
 * alone. What cancels the statement ends what runs on it.
 */
export async function withLoader<T>(
  session: SessionState,
  { signal }: Pick<Statement, 'signal'>,
  work: (loader: StoreConnection) => Promise<T>,
): Promise<T> {
  const loader = await session.engine.connect();
  const stop = () => loader.interrupt();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    return await work(loader);
  } finally {
    signal?.removeEventListener('abort', stop);
    loader.close();
  }
}

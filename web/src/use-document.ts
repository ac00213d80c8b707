import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { StatusError } from '#src/model/status.ts';

/**
 * A document of the server as far as it is known; an old one stays while a newer one cannot be had.
 */
export interface Loaded<T> {
  readonly data: T | null;
  readonly problem: string | null;
  readonly isNotFound: boolean;
  readonly reload: () => void;
}

/** How often to look again, in milliseconds, by what was found; null is never. */
export type Pace<T> = (data: T) => number | null;

const RETRY_MS = 5000;

class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function fetchDocument<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  const { message } = (body ?? {}) as Partial<StatusError>;
  throw new RequestError(
    response.status,
    message ?? `Cannot read ${path}: the server answered ${response.status}. Look at its log.`,
  );
}

interface State<T> {
  readonly path: string;
  readonly data: T | null;
  readonly error: Error | null;
}

const explain = (error: Error): string =>
  error instanceof RequestError
    ? error.message
    : 'Cannot reach the server. It may be down or starting; this page tries again.';

/** Reads a document, and reads it again at the pace it asks for while the page is in sight. */
export function useDocument<T>(path: string, pace: Pace<T>): Loaded<T> {
  const [state, setState] = useState<State<T>>({ path, data: null, error: null });
  const [turn, setTurn] = useState(0);
  const paceRef = useRef(pace);
  paceRef.current = pace;
  const reload = useCallback(() => setTurn((count) => count + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (delay: number | null) => {
      if (delay !== null) timer = setTimeout(() => void look(), delay);
    };
    const look = async (): Promise<void> => {
      if (document.hidden) return again(RETRY_MS);
      try {
        const data = await fetchDocument<T>(path, abort.signal);
        setState({ path, data, error: null });
        again(paceRef.current(data));
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((old) => ({
          path,
          data: old.path === path ? old.data : null,
          error: error as Error,
        }));
        again(RETRY_MS);
      }
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, turn]);

  const isCurrent = state.path === path;
  const error = isCurrent ? state.error : null;
  return {
    data: isCurrent ? state.data : null,
    problem: error === null ? null : explain(error),
    isNotFound: error instanceof RequestError && error.status === 404,
    reload,
  };
}

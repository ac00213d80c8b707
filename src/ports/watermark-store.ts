import type { Window } from '../model/window.ts';

export interface QueryId {
  readonly pipeline: string;
  readonly query: string;
}

/** A window that was planned and whose commit is not finished. */
export interface PendingWindow {
  readonly runId: string;
  readonly intervalId: string;
  readonly window: Window | null;
  readonly manifestKey: string;
  /** ISO 8601 UTC; also the value of extraction_timestamp. */
  readonly plannedAt: string;
}

/** How far a query has been extracted. */
export interface Watermark {
  /** Upper end of what has been committed, in the form of Window; null before the first commit. */
  readonly value: string | null;
  /** Number of commits so far. */
  readonly version: number;
  /** Run of the last commit, its interval and manifest; null before the first commit. */
  readonly runId: string | null;
  readonly intervalId: string | null;
  readonly manifestKey: string | null;
  readonly pending: PendingWindow | null;
}

export interface WatermarkCommit {
  readonly value: string | null;
  readonly runId: string;
  readonly intervalId: string;
  readonly window: Window | null;
  readonly manifestKey: string;
  readonly rows: number;
  /** ISO 8601 UTC. */
  readonly committedAt: string;
}

/** A commit as the history keeps it. */
export interface CommittedManifest {
  readonly version: number;
  readonly runId: string;
  readonly manifestKey: string;
}

/** Watermarks of extract queries, changed only by who holds the version they have read. */
export interface WatermarkStore {
  /** The watermark of a query; one of version 0 when it was never extracted. */
  read(id: QueryId): Promise<Watermark>;
  /** Notes a planned window. Throws WATERMARK_CONFLICT when the version has moved on. */
  plan(id: QueryId, pending: PendingWindow, version: number): Promise<void>;
  /**
   * Moves the watermark, keeps `pending`, and adds to the history. Throws WATERMARK_CONFLICT when
   * the version has moved on.
   */
  commit(id: QueryId, commit: WatermarkCommit, version: number): Promise<void>;
  /** Clears the pending window of a run; another run's is left alone. */
  clearPending(id: QueryId, runId: string): Promise<void>;
  /** Every manifest that was committed, oldest first. */
  history(id: QueryId): Promise<readonly CommittedManifest[]>;
}

import type { Window } from '../model/window.ts';

export interface QueryId {
  readonly pipeline: string;
  readonly query: string;
  /**
   * Absent: the live watermark. A name: a state of its own beside it, with its own lease, pending
   * window and history, as a backfill has for each of its windows.
   */
  readonly lane?: string | undefined;
}

/** The right of one run to work on a query; it ends by itself. */
export interface Lease {
  /** Run id. */
  readonly holder: string;
  /** Execution of the holder, to ask whether it has ended; null when there is none. */
  readonly execution: string | null;
  /** ISO 8601 UTC. */
  readonly since: string;
  /** ISO 8601 UTC; each step of the holder moves it on. */
  readonly expiresAt: string;
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
  readonly lease: Lease | null;
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
  /**
   * Puts a lease in the place of the one that was read; false when that has changed since.
   */
  replaceLease(id: QueryId, seen: Lease | null, lease: Lease): Promise<boolean>;
  /** Ends the lease of a run; another run's is left alone. */
  releaseLease(id: QueryId, holder: string): Promise<void>;
  /**
   * Notes a planned window. Throws WATERMARK_CONFLICT when the version has moved on or another run
   * holds the lease.
   */
  plan(id: QueryId, pending: PendingWindow, version: number): Promise<void>;
  /**
   * Moves the watermark, keeps `pending`, and adds to the history. Throws WATERMARK_CONFLICT when
   * the version has moved on or another run than `holder` holds the lease.
   */
  commit(id: QueryId, commit: WatermarkCommit, version: number, holder: string): Promise<void>;
  /** Clears the pending window of a run; another run's is left alone. */
  clearPending(id: QueryId, runId: string): Promise<void>;
  /** Every manifest that was committed, oldest first. */
  history(id: QueryId): Promise<readonly CommittedManifest[]>;
}

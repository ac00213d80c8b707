import type { Interval } from '../model/interval.ts';

export interface ReadyTable {
  readonly query: string;
  readonly manifestKey: string;
  readonly pipelineKey: string;
  readonly rows: number;
  readonly bytes: number;
  readonly files: number;
  /** ISO 8601 UTC. */
  readonly extractedAt: string;
}

/** first: it was counted now; repeated: it had been counted; other: another manifest of that query had been. */
export type Counting = 'first' | 'repeated' | 'other';

/** Which tables of an interval have been committed. */
export interface IntervalStore {
  /** Counts a table once, together with the totals of its bronze table: both or neither. */
  count(pipeline: string, interval: Interval, table: ReadyTable): Promise<Counting>;
  /** The tables counted so far, by query; complete when the number ready equals the number expected. */
  progress(pipeline: string, intervalId: string): Promise<IntervalProgress>;
}

export interface IntervalProgress {
  readonly ready: number;
  readonly expected: number;
  readonly tables: readonly ReadyTable[];
}

import type { Failure, Machine } from '../model/status.ts';

export interface BronzeTotals {
  readonly query: string;
  readonly rows: number;
  readonly bytes: number;
  /** ISO 8601 UTC. */
  readonly updatedAt: string;
  readonly interval: string;
}

export interface CommittedWatermark {
  readonly value: string | null;
  /** ISO 8601 UTC. */
  readonly committedAt: string | null;
}

/** What the status page reads of what the pipeline remembers. */
export interface StatusStore {
  /** Rows and bytes of each bronze table of a pipeline. */
  bronzeTotals(pipeline: string): Promise<readonly BronzeTotals[]>;
  /** How far a query has been extracted, or null when it never was. */
  watermark(pipeline: string, query: string): Promise<CommittedWatermark | null>;
  /** Failures of a machine, newest first. */
  failures(machine: Machine, limit: number): Promise<readonly Failure[]>;
}

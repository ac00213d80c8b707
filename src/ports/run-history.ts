import type { Machine, RunStatus, RunSummary } from '../model/status.ts';

export interface RunRecord {
  readonly summary: RunSummary;
  /** JSON text. */
  readonly input: string;
  /** JSON text; null while it runs, and when it failed. */
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

export type RunEventKind =
  | 'entered'
  | 'exited'
  | 'begun'
  | 'submitted'
  | 'succeeded'
  | 'failed'
  | 'iterationStarted'
  | 'iterationSucceeded'
  | 'iterationFailed'
  | 'other';

/** One thing that happened in a run. */
export interface RunEvent {
  readonly id: number;
  /** The event it follows from; 0 when the history does not say. */
  readonly previousId: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly kind: RunEventKind;
  /** State entered or exited. */
  readonly state: string | null;
  /** JSON text: input of what was entered, output of what exited, succeeded or was submitted. */
  readonly data: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

export interface RunFilter {
  readonly machine: Machine;
  readonly status?: RunStatus;
  /** Only runs that started before this instant, ISO 8601 UTC. */
  readonly startedBefore?: string;
  readonly limit: number;
}

/** Runs of the state machines, as the service that runs them remembers them. */
export interface RunHistory {
  /** Runs of a machine, newest first. */
  list(filter: RunFilter): Promise<readonly RunSummary[]>;
  /** One run, or null when there is none of that name. */
  find(machine: Machine, name: string): Promise<RunRecord | null>;
  /** The definition a run follows, as Amazon States Language JSON text. */
  definition(machine: Machine, name: string): Promise<string>;
  /** Everything that happened in a run, oldest first. */
  events(machine: Machine, name: string): Promise<readonly RunEvent[]>;
}

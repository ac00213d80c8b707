import type { Users } from '../auth/users.ts';
import type { Engine } from '../statement.ts';
import type { DriverSessions } from './driver-sessions.ts';
import type { StatementLog } from './statement-log.ts';

export interface Limits {
  /**
   * A request that waits for its statement is answered after this long, with the statement still
   * running.
   */
  readonly syncSeconds: number;
  readonly sessionSeconds: number;
  readonly masterSeconds: number;
  /** Statements of the SQL API that may run at once; one more is answered 429. */
  readonly maxConcurrentStatements: number;
  readonly resultHours: number;
}

/** Snowflake's own, but for the number of statements, which it does not publish. */
export const DEFAULT_LIMITS: Limits = {
  syncSeconds: 45,
  sessionSeconds: 3600,
  masterSeconds: 14_400,
  maxConcurrentStatements: 200,
  resultHours: 24,
};

/** What the routes of both protocols work with. */
export interface Door {
  readonly account: string;
  readonly engine: Engine;
  readonly users: Users;
  readonly sessions: DriverSessions;
  readonly log: StatementLog;
  readonly limits: Limits;
  /** Where result partitions of the SQL API lie. */
  readonly resultsDir: string;
  nowMs(): number;
}

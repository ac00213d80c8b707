import type { Machine } from '../model/status.ts';

/** Starts executions of the state machines. */
export interface ExecutionStarter {
  /** Starts one; false when there has been one of that name already. */
  start(machine: Machine, name: string, input: unknown): Promise<boolean>;
}

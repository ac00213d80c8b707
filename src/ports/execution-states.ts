/** Tells what became of executions of the state machines. */
export interface ExecutionStates {
  /** Whether an execution is known to have ended, however it did; false when nothing is known. */
  hasEnded(execution: string): Promise<boolean>;
}

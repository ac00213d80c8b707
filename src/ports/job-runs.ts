/** Runs of Glue jobs. */
export interface JobRuns {
  /** Id of the newest run of a job that was started for a run of a state machine, or null. */
  find(job: string, runId: string): Promise<string | null>;
}

/** How far the schedule of each group has been worked off. */
export interface ScheduleStore {
  /** Id of the newest interval whose extractions were all started, or null. */
  lastStarted(pipeline: string, group: string): Promise<string | null>;
  /** Notes that the extractions of an interval were all started. */
  noteStarted(pipeline: string, group: string, intervalId: string): Promise<void>;
}

/** The model that scores come from. */
export interface CurrentModel {
  readonly modelKey: string;
  readonly trainingJobName: string;
  /** Id of the interval it was trained on. */
  readonly interval: string;
  /** ISO 8601 UTC. */
  readonly trainedAt: string;
}

/** Models in use; the train-model machine writes them. */
export interface ModelStore {
  /** The current model of a pipeline, or null before the first training. */
  current(pipeline: string): Promise<CurrentModel | null>;
}

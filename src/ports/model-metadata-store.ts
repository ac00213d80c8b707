export interface ModelMetadata {
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline: Readonly<Record<string, number>>;
}

/** What training left beside a model. */
export interface ModelMetadataStore {
  /** Metrics of a model and of its baseline, or null when the archive or the file in it is not there. */
  read(modelKey: string): Promise<ModelMetadata | null>;
}

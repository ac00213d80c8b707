import type { PipelineDocument } from '../model/pipeline.ts';

export interface PublishedPipeline {
  /** Key of the immutable document in the artifacts bucket. */
  readonly key: string;
  readonly document: PipelineDocument;
}

/** Pipelines as they were published. */
export interface PipelineStore {
  /** The pipeline's document as last published. */
  current(pipeline: string): Promise<PublishedPipeline>;
  /** The document under a key, whatever has been published since. */
  byKey(key: string): Promise<PipelineDocument>;
}

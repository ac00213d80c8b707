import { TerminalError } from '../../errors.ts';
import type { PipelineDocument } from '../../model/pipeline.ts';
import type { PipelineStore } from '../../ports/pipeline-store.ts';

/** Pipelines in memory, each under `pipelines/<name>/memory.json`. */
export function memoryPipelineStore(...documents: PipelineDocument[]): PipelineStore {
  const keyOf = (pipeline: string) => `pipelines/${pipeline}/memory.json`;
  const byKey = async (key: string) => {
    const document = documents.find(({ name }) => keyOf(name) === key);
    if (document !== undefined) return document;
    throw new TerminalError(`Cannot read the pipeline ${key}: there is none. Publish it.`, {
      code: 'NOT_FOUND',
    });
  };
  return {
    byKey,
    async current(pipeline) {
      const key = keyOf(pipeline);
      return { key, document: await byKey(key) };
    },
  };
}

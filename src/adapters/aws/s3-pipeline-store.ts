import { z } from 'zod';
import { TerminalError } from '../../errors.ts';
import { artifactKeys } from '../../model/artifact-keys.ts';
import { PipelineDocument } from '../../model/pipeline.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PipelineStore } from '../../ports/pipeline-store.ts';

const Current = z.object({ key: z.string().min(1) });

async function readJson<Schema extends z.ZodType>(
  objects: ObjectStore,
  key: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await objects.getText(key);
  const advice = 'Publish the pipeline again';
  if (text === null) {
    throw new TerminalError(
      `Cannot read the pipeline ${key}: no such object in ${objects.bucket}. ${advice}.`,
      { code: 'NOT_FOUND', details: { key } },
    );
  }
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new TerminalError(
    `Cannot read the pipeline ${key}: ${problems.join('; ')}. ${advice} with this version.`,
    { code: 'CONFIG_INVALID', details: { key, problems } },
  );
}

/**
 * Pipelines in the artifacts bucket: `current.json` names an immutable document, which is parsed
 * once.
 *
 * Methods throw NOT_FOUND, CONFIG_INVALID, and what the object store throws.
 */
export function s3PipelineStore(objects: ObjectStore): PipelineStore {
  const documents = new Map<string, PipelineDocument>();
  const byKey = async (key: string): Promise<PipelineDocument> => {
    const known = documents.get(key);
    if (known !== undefined) return known;
    const document = await readJson(objects, key, PipelineDocument);
    documents.set(key, document);
    return document;
  };
  return {
    byKey,
    async current(pipeline) {
      const { key } = await readJson(objects, artifactKeys.currentPipeline(pipeline), Current);
      return { key, document: await byKey(key) };
    },
  };
}

import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { TerminalError } from '#src/errors.ts';
import { artifactKeys, publishedPipelines as publishedNames } from '#src/model/artifact-keys.ts';
import type { PipelineDocument } from '#src/model/pipeline.ts';
import { artifactsOf } from './object-stores.ts';
import { type LoadedPipeline, loadPipeline } from './pipeline-file.ts';
import { openSnowflake } from './snowflake-connection.ts';
import { readCatalog, storedName } from './source-catalog.ts';
import type { Stack } from './stack.ts';

/** What two pipelines of one stack would both write to: bronze folders, silver and gold tables. */
const ownedNames = (pipeline: PipelineDocument): string[] => [
  ...pipeline.extract.queries.map((query) => `query ${query.name}`),
  ...pipeline.silver.map((table) => `silver table ${table.table}`),
  ...pipeline.gold.map((model) => `gold table ${model.table}`),
];

/** Every pipeline that is published on the stack, in its current version. */
export async function publishedPipelines(stack: Stack): Promise<PipelineDocument[]> {
  const artifacts = artifactsOf(stack);
  const pipelines = s3PipelineStore(artifacts);
  const names = publishedNames(await artifacts.list(artifactKeys.pipelines));
  return Promise.all(names.map(async (name) => (await pipelines.current(name)).document));
}

async function refuseOverlap(stack: Stack, pipeline: PipelineDocument): Promise<void> {
  const mine = new Set(ownedNames(pipeline));
  for (const other of await publishedPipelines(stack)) {
    const shared =
      other.name === pipeline.name ? [] : ownedNames(other).filter((name) => mine.has(name));
    if (shared.length > 0) {
      throw new TerminalError(
        `Cannot publish the pipeline ${pipeline.name}: ${other.name} has the same ${shared.join(', ')}. Rename them in one of the two.`,
        { code: 'CONFIG_INVALID', details: { pipeline: pipeline.name, other: other.name, shared } },
      );
    }
  }
}

/** Reads pipeline.yml; asks the source for its tables when there are patterns of them. */
async function resolvePipeline(stack: Stack, path: string): Promise<LoadedPipeline> {
  const loaded = loadPipeline(path);
  const { extract, snowflake } = loaded.document;
  if (extract.tables.length === 0) return loaded;
  const source = stack.clientConfig.endpoint === undefined ? 'live' : 'stand-in';
  const session = await openSnowflake({ snowflake: source }, snowflake);
  try {
    const schemas = extract.tables.map(({ like }) =>
      storedName(like.includes('.') ? (like.split('.')[0] as string) : snowflake.schema),
    );
    const catalogs = [...new Set(schemas)].map((schema) => readCatalog(session, schema));
    return loadPipeline(path, (await Promise.all(catalogs)).flat());
  } finally {
    await session.close();
  }
}

/**
 * Reads pipeline.yml and publishes it to the stack: an immutable document under its content's hash, and `current.json`
 * that points to it. Publishing the same file again changes nothing. Throws CONFIG_INVALID.
 */
export async function publishPipeline(stack: Stack, path: string): Promise<LoadedPipeline> {
  const loaded = await resolvePipeline(stack, path);
  const artifacts = artifactsOf(stack);
  await refuseOverlap(stack, loaded.document);
  await artifacts.putText(loaded.key, loaded.json);
  const current = artifactKeys.currentPipeline(loaded.document.name);
  await artifacts.putText(current, JSON.stringify({ key: loaded.key }));
  return loaded;
}

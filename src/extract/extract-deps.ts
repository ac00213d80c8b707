import { TerminalError } from '../errors.ts';
import type { ExtractQuery, PipelineDocument } from '../model/pipeline.ts';
import type { BronzeCatalog } from '../ports/bronze-catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExecutionStates } from '../ports/execution-states.ts';
import type { FileWriter } from '../ports/file-writer.ts';
import type { KeyComparer } from '../ports/key-comparer.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PipelineStore } from '../ports/pipeline-store.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import type {
  PendingWindow,
  QueryId,
  Watermark,
  WatermarkStore,
} from '../ports/watermark-store.ts';

/** What the source's query history says of a statement. */
export interface QueryTag {
  readonly runId: string;
  readonly pipeline: string;
  readonly query: string;
  readonly step: string;
}

export interface ExtractDeps {
  /** The warehouse a pipeline reads from; its statements carry the tag. */
  readonly openWarehouse: (connection: PipelineDocument['snowflake'], tag: QueryTag) => Warehouse;
  readonly lake: ObjectStore;
  readonly pipelines: PipelineStore;
  readonly watermarks: WatermarkStore;
  readonly catalog: BronzeCatalog;
  readonly files: FileWriter;
  readonly keys: KeyComparer;
  readonly clock: Clock;
  readonly executions: ExecutionStates;
  /** How long a run may stay silent before another takes over, in seconds. */
  readonly leaseSeconds: number;
  /** Milliseconds that are left to this invocation. */
  readonly remainingMs: () => number;
  /** Folder for result partitions and files on their way. */
  readonly scratchDirectory: string;
  /** Versions of what writes the files, for the manifest. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The tag of one step's statements, and of nothing that a request carries besides. */
export const queryTag = ({ runId, pipeline, query, step }: QueryTag): QueryTag => ({
  runId,
  pipeline,
  query,
  step,
});

/** @throws TerminalError NOT_FOUND when the pipeline has no such query */
export function findQuery(document: PipelineDocument, name: string): ExtractQuery {
  const query = document.extract.queries.find((candidate) => candidate.name === name);
  if (query !== undefined) return query;
  throw new TerminalError(
    `Cannot extract ${name}: pipeline ${document.name} has no query of that name. ` +
      'Name one of extract.queries, or publish the pipeline again.',
    { code: 'NOT_FOUND', details: { pipeline: document.name, query: name } },
  );
}

/**
 * The pending window of a run, which the part and commit steps work on.
 *
 * @throws TerminalError WATERMARK_CONFLICT when another run has taken its place
 */
export function requireOwnPending(watermark: Watermark, id: QueryId, runId: string): PendingWindow {
  if (watermark.pending?.runId === runId) return watermark.pending;
  throw new TerminalError(
    `Cannot go on with run ${runId} of ${id.pipeline}.${id.query}: ` +
      'another run has planned a window since. Let that run finish, then extract again.',
    { code: 'WATERMARK_CONFLICT', details: { ...id, runId, pending: watermark.pending?.runId } },
  );
}

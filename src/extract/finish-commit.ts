import type { Manifest } from '../model/manifest.ts';
import type { QueryId, Watermark } from '../ports/watermark-store.ts';
import type { ExtractDeps } from './extract-deps.ts';
import { removeOrphans } from './remove-orphans.ts';

/** Run id and date of a manifest's partition. */
const partitionOf = (manifest: Manifest) => ({
  extractDate: manifest.extractedAt.slice(0, 10),
  runId: manifest.runId,
});

export interface Commit {
  readonly id: QueryId;
  readonly manifest: Manifest;
  readonly manifestKey: string;
  /** As it was read. */
  readonly watermark: Watermark;
  /** The run that has the query's lease: the manifest's own, or the one that finishes it. */
  readonly holder: string;
}

/**
 * Does what comes after a manifest: watermark, registration, end of `pending`. Each step does
 * nothing when it has been done, so that a run that died between two of them is finished by whoever
 * comes next.
 *
 * @throws TerminalError WATERMARK_CONFLICT when another run advanced the watermark since it was
 *   read
 */
export async function finishCommit(
  deps: ExtractDeps,
  { id, manifest, manifestKey, watermark, holder }: Commit,
): Promise<void> {
  if (watermark.runId !== manifest.runId) {
    const commit = {
      value: manifest.watermarkAfter === undefined ? watermark.value : manifest.watermarkAfter,
      runId: manifest.runId,
      intervalId: manifest.interval.id,
      window: manifest.window,
      manifestKey,
      rows: manifest.rows,
      committedAt: deps.clock.now().toISOString(),
    };
    await deps.watermarks.commit(id, commit, watermark.version, holder);
  }
  await removeOrphans(deps.lake, manifestKey, manifest.files);
  await deps.catalog.register({
    query: manifest.query,
    columns: manifest.columns,
    ...(manifest.files.length > 0 ? { partition: partitionOf(manifest) } : {}),
  });
  await deps.watermarks.clearPending(id, manifest.runId);
}

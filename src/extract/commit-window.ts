import { Manifest } from '../model/manifest.ts';
import type { QueryId } from '../ports/watermark-store.ts';
import { type BronzeKeys, bronzeKeys } from './bronze-keys.ts';
import { type ExtractDeps, requireOwnPending } from './extract-deps.ts';
import { type CommitAnswer, type CommitRequest, queryIdOf } from './extract-request.ts';
import { finishCommit } from './finish-commit.ts';
import { renewLease } from './lease.ts';
import { makeManifest } from './make-manifest.ts';
import { readDocument, requireDocument } from './run-documents.ts';

/** Writes the manifest, or finds the one that another attempt of the run has written meanwhile. */
async function writeManifest(
  deps: ExtractDeps,
  id: QueryId,
  keys: BronzeKeys,
  committed: string | null,
): Promise<Manifest> {
  const manifest = await makeManifest(deps, id, keys, committed);
  const text = JSON.stringify(manifest);
  const isNew = await deps.lake.putText(keys.manifest, text, { ifAbsent: true });
  return isNew ? manifest : requireDocument(deps.lake, keys.manifest, Manifest);
}

const answerOf = (manifest: Manifest, manifestKey: string): CommitAnswer => ({
  manifestKey,
  rows: manifest.rows,
  sourceRows: manifest.sourceRows,
  files: manifest.files.length,
  watermark: manifest.window,
});

/**
 * Last step: the manifest, which starts what comes next; then the watermark, the catalog, and the
 * end of `pending`. Done again, whatever was reached, it does the rest.
 *
 * @throws TerminalError RECONCILE_MISMATCH when rows are missing, WATERMARK_CONFLICT when another
 *   run came first
 */
export async function commitWindow(
  deps: ExtractDeps,
  request: CommitRequest,
): Promise<CommitAnswer> {
  const id = queryIdOf(request);
  const watermark = await renewLease(deps, id, request.runId);
  if (watermark.pending === null && watermark.runId === request.runId && watermark.manifestKey) {
    const manifest = await requireDocument(deps.lake, watermark.manifestKey, Manifest);
    await deps.watermarks.releaseLease(id, request.runId);
    return answerOf(manifest, watermark.manifestKey);
  }
  const { manifestKey } = requireOwnPending(watermark, id, request.runId);
  let manifest = await readDocument(deps.lake, manifestKey, Manifest);
  if (manifest === null) {
    const keys = bronzeKeys(manifestKey);
    manifest = await writeManifest(deps, id, keys, watermark.manifestKey);
  }
  await finishCommit(deps, { id, manifest, manifestKey, watermark, holder: request.runId });
  await deps.watermarks.releaseLease(id, request.runId);
  return answerOf(manifest, manifestKey);
}

import type { OrchestrateDeps } from './orchestrate-deps.ts';
import type { OrchestrateEvent, OrchestrateResult } from './orchestrate-event.ts';
import { receiveManifest } from './receive-manifest.ts';
import { startDueGroups } from './start-due-groups.ts';

const MANIFEST = /^bronze\/.+\/_manifest\.json$/;

/** Starts what an event makes due. Events may come twice and in any order. */
export async function orchestrate(
  deps: OrchestrateDeps,
  event: OrchestrateEvent,
): Promise<OrchestrateResult> {
  if ('kind' in event) return { started: await startDueGroups(deps, new Date(event.at)) };
  const { bucket, object } = event.detail;
  const isManifest = bucket.name === deps.lake.bucket && MANIFEST.test(object.key);
  return { started: isManifest ? await receiveManifest(deps, object.key) : [] };
}

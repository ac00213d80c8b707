import { TerminalError } from '../errors.ts';
import type { Lease, QueryId, Watermark } from '../ports/watermark-store.ts';
import type { ExtractDeps } from './extract-deps.ts';

type LeaseDeps = Pick<ExtractDeps, 'watermarks' | 'executions' | 'clock' | 'leaseSeconds'>;

/** Who wants to work on a query. */
export interface Claim {
  readonly runId: string;
  /** ARN of the execution the run is; absent when nobody can be asked about it. */
  readonly execution?: string | null | undefined;
}

export interface Claimed {
  readonly watermark: Watermark;
  /** The lease of the run that is at work; null when the claim succeeded. */
  readonly heldBy: Lease | null;
}

function leaseOf(deps: LeaseDeps, { runId, execution }: Claim, seen: Lease | null): Lease {
  const now = deps.clock.now();
  const isOwn = seen?.holder === runId;
  return {
    holder: runId,
    execution: execution ?? (isOwn ? seen.execution : null),
    since: isOwn ? seen.since : now.toISOString(),
    expiresAt: new Date(now.getTime() + deps.leaseSeconds * 1000).toISOString(),
  };
}

/** A lease is over when its time is, or when the execution that holds it has ended. */
async function isOver(deps: LeaseDeps, lease: Lease): Promise<boolean> {
  if (lease.expiresAt <= deps.clock.now().toISOString()) return true;
  return lease.execution !== null && deps.executions.hasEnded(lease.execution);
}

/**
 * Takes the lease of a query for a run, or moves on the end of the one it has. Clocks that differ
 * can end a lease too early, never let two runs commit: every write after it is conditional on the
 * holder.
 */
export async function claimLease(deps: LeaseDeps, id: QueryId, claim: Claim): Promise<Claimed> {
  for (;;) {
    const watermark = await deps.watermarks.read(id);
    const { lease } = watermark;
    const isOthers = lease !== null && lease.holder !== claim.runId;
    if (isOthers && !(await isOver(deps, lease))) return { watermark, heldBy: lease };
    const taken = leaseOf(deps, claim, lease);
    if (await deps.watermarks.replaceLease(id, lease, taken)) {
      return { watermark: { ...watermark, lease: taken }, heldBy: null };
    }
  }
}

/**
 * Moves on the end of a run's lease at the beginning of a step.
 *
 * @throws TerminalError LEASE_HELD when another run has taken the query over
 */
export async function renewLease(deps: LeaseDeps, id: QueryId, runId: string): Promise<Watermark> {
  for (;;) {
    const watermark = await deps.watermarks.read(id);
    const { lease } = watermark;
    if (lease !== null && lease.holder !== runId) throw leaseHeld(id, runId, lease);
    const renewed = leaseOf(deps, { runId }, lease);
    if (await deps.watermarks.replaceLease(id, lease, renewed)) {
      return { ...watermark, lease: renewed };
    }
  }
}

function leaseHeld(id: QueryId, runId: string, { holder, since }: Lease): TerminalError {
  return new TerminalError(
    `Cannot go on with run ${runId} of ${id.pipeline}.${id.query}: ` +
      `run ${holder} has taken the query over since ${since}. Let that run finish.`,
    { code: 'LEASE_HELD', details: { ...id, runId, holder, since } },
  );
}

import type { TableObject } from '../../catalog/model.ts';

/** A table after a change of its options: changes count as tracked from when that was asked for. */
export function withTracking(before: TableObject, after: TableObject, now: number): TableObject {
  if (before.isChangeTracked || !after.isChangeTracked) return after;
  return { ...after, trackedSince: now };
}

import { TerminalError } from '../../errors.ts';
import type {
  QueryId,
  Watermark,
  WatermarkCommit,
  WatermarkStore,
} from '../../ports/watermark-store.ts';

const NEVER: Watermark = {
  value: null,
  version: 0,
  runId: null,
  intervalId: null,
  manifestKey: null,
  pending: null,
  lease: null,
};

/** Watermarks in memory. */
export function memoryWatermarkStore(): WatermarkStore {
  const watermarks = new Map<string, Watermark>();
  const commits = new Map<string, WatermarkCommit[]>();
  const keyOf = (id: QueryId) => [id.pipeline, id.query, id.lane].join('#');
  const readNow = (id: QueryId) => watermarks.get(keyOf(id)) ?? NEVER;
  const requireVersion = (id: QueryId, isRight: boolean) => {
    if (isRight) return;
    throw new TerminalError(
      `Cannot change the watermark of ${id.query}: it has moved on. Extract again.`,
      { code: 'WATERMARK_CONFLICT' },
    );
  };
  const isFree = ({ lease }: Watermark, holder: string) =>
    lease === null || lease.holder === holder;
  return {
    async read(id) {
      return readNow(id);
    },
    async plan(id, pending, version) {
      const isRight = readNow(id).version === version && isFree(readNow(id), pending.runId);
      requireVersion(id, isRight);
      watermarks.set(keyOf(id), { ...readNow(id), pending });
    },
    async commit(id, commit, version, holder) {
      const current = readNow(id);
      const isPlanned = current.version === version && current.pending?.runId === commit.runId;
      requireVersion(id, isPlanned && isFree(current, holder));
      const { value, runId, intervalId, manifestKey } = commit;
      const moved = { value, runId, intervalId, manifestKey, version: version + 1 };
      watermarks.set(keyOf(id), { ...current, ...moved });
      commits.set(keyOf(id), [...(commits.get(keyOf(id)) ?? []), commit]);
    },
    async clearPending(id, runId) {
      const current = readNow(id);
      if (current.pending?.runId === runId) {
        watermarks.set(keyOf(id), { ...current, pending: null });
      }
    },
    async replaceLease(id, seen, lease) {
      const current = readNow(id);
      if (JSON.stringify(current.lease) !== JSON.stringify(seen)) return false;
      watermarks.set(keyOf(id), { ...current, lease });
      return true;
    },
    async releaseLease(id, holder) {
      const current = readNow(id);
      if (current.lease?.holder === holder) watermarks.set(keyOf(id), { ...current, lease: null });
    },
    async history(id) {
      return (commits.get(keyOf(id)) ?? []).map(({ runId, manifestKey }, index) => {
        return { version: index + 1, runId, manifestKey };
      });
    },
  };
}

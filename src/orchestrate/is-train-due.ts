import { intervalTime } from '../model/interval-id.ts';
import type { PipelineDocument } from '../model/pipeline.ts';
import type { CurrentModel } from '../ports/model-store.ts';

const DAY = 86_400_000;

/**
 * Whether an interval should train: there is no model yet, or the one in use was trained on an interval that lies
 * `retrain_after_days` or more before this one. The clock plays no part, so that a replay decides as it did.
 */
export function isTrainDue(
  model: PipelineDocument['model'],
  current: CurrentModel | null,
  intervalId: string,
): boolean {
  if (model === undefined) return false;
  if (current === null) return true;
  const at = intervalTime(intervalId);
  if (at === null) return false;
  const trainedAt = intervalTime(current.interval) ?? new Date(current.trainedAt);
  return at.getTime() - trainedAt.getTime() >= model.retrain_after_days * DAY;
}

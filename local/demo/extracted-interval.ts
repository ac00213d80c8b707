import { type IntervalPointers, intervalAt, newestInterval } from '#cli/newest-interval.ts';
import { artifactsOf } from '#cli/object-stores.ts';
import type { Stack } from '#cli/stack.ts';
import { TerminalError } from '#src/errors.ts';
import { artifactKeys } from '#src/model/artifact-keys.ts';
import { LayerReport } from '#src/model/quality.ts';
import type { Stage } from './start-options.ts';

const missing = (stage: Stage, why: string, first: Stage): TerminalError =>
  new TerminalError(`Cannot ${stage}: ${why}. Run npm start -- --only ${first} first.`, {
    code: 'NOT_FOUND',
  });

/**
 * The interval that was extracted last.
 *
 * @throws TerminalError NOT_FOUND when there is none
 */
export async function extractedInterval(
  stack: Stack,
  pipeline: string,
  stage: Stage,
): Promise<IntervalPointers> {
  const newest = await newestInterval(stack, pipeline);
  if (newest === undefined) throw missing(stage, 'nothing has been extracted', 'extract');
  return newest;
}

/**
 * The intervals that have no gold yet, oldest first; the newest when all have.
 *
 * @throws TerminalError NOT_FOUND when there is none
 */
export async function untransformedIntervals(
  stack: Stack,
  pipeline: string,
  stage: Stage,
): Promise<IntervalPointers[]> {
  const newest = await extractedInterval(stack, pipeline, stage);
  const artifacts = artifactsOf(stack);
  const found: IntervalPointers[] = [];
  for (const key of await artifacts.list(artifactKeys.intervals(pipeline))) {
    const interval = await intervalAt(stack, key);
    const report = artifactKeys.report(pipeline, interval.interval, 'gold');
    if (!(await artifacts.has(report))) found.push(interval);
  }
  return found.length === 0 ? [newest] : found;
}

/**
 * The run that wrote a layer of the interval last.
 *
 * @throws TerminalError NOT_FOUND when the interval has not been transformed
 */
export async function layerRun(
  stack: Stack,
  { pipeline, interval }: IntervalPointers,
  layer: 'silver' | 'gold',
  stage: Stage,
): Promise<string> {
  const text = await artifactsOf(stack).getText(artifactKeys.report(pipeline, interval, layer));
  if (text === null) throw missing(stage, `interval ${interval} has no ${layer}`, 'transform');
  return LayerReport.parse(JSON.parse(text)).runId;
}

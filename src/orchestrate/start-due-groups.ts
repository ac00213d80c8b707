import { artifactKeys, publishedPipelines } from '../model/artifact-keys.ts';
import { executionName } from '../model/execution-name.ts';
import type { Interval } from '../model/interval.ts';
import { compactTime } from '../model/interval-id.ts';
import type { PipelineDocument } from '../model/pipeline.ts';
import type { OrchestrateDeps } from './orchestrate-deps.ts';

/**
 * The newest interval of each schedule group that has begun at an instant. Intervals begin at whole multiples of the
 * group's minutes since 1970, so that every tick within one finds the same; what was missed is not made up for, since
 * the next window begins at the watermark anyway.
 */
export function dueIntervals(pipeline: PipelineDocument, at: Date): Interval[] {
  return pipeline.schedules.flatMap(({ group, every_minutes }) => {
    const queries = pipeline.extract.queries.filter((query) => query.group === group);
    if (queries.length === 0) return [];
    const length = every_minutes * 60_000;
    const begin = new Date(Math.floor(at.getTime() / length) * length);
    const id = `${group}-${compactTime(begin)}`;
    return [{ id, group, queries: queries.map(({ name }) => name) }];
  });
}

/**
 * Starts the extractions of every group that is due, each once. A group is noted as started after its last
 * extraction was, so that a crash in between starts it again, under the same names.
 *
 * @returns names of the executions that were started
 */
export async function startDueGroups(deps: OrchestrateDeps, at: Date): Promise<string[]> {
  const started: string[] = [];
  for (const name of publishedPipelines(await deps.artifacts.list(artifactKeys.pipelines))) {
    const { document } = await deps.pipelines.current(name);
    for (const interval of dueIntervals(document, at)) {
      if ((await deps.schedules.lastStarted(name, interval.group)) === interval.id) continue;
      for (const query of interval.queries) {
        const execution = executionName(name, query, interval.id);
        const input = { pipeline: name, query, interval };
        if (await deps.executions.start('extract', execution, input)) started.push(execution);
      }
      await deps.schedules.noteStarted(name, interval.group, interval.id);
    }
  }
  return started;
}

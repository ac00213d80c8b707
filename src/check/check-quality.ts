import { TerminalError } from '../errors.ts';
import { artifactKeys } from '../model/artifact-keys.ts';
import { LayerReport, type Verdict } from '../model/quality.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PipelineStore } from '../ports/pipeline-store.ts';
import type { CheckAnswer, CheckRequest } from './check-request.ts';
import { judgeLayer, worstStatus } from './judge-layer.ts';

export interface CheckDeps {
  readonly artifacts: ObjectStore;
  readonly pipelines: PipelineStore;
  readonly clock: Clock;
}

function refuse(
  request: CheckRequest,
  key: string,
  why: string,
  code: 'NOT_FOUND' | 'EVENT_INVALID',
) {
  const { layer, interval } = request;
  return new TerminalError(
    `Cannot judge ${layer} of interval ${interval}: ${why}. Run the ${layer} job again.`,
    { code, details: { key } },
  );
}

async function readReport(deps: CheckDeps, request: CheckRequest): Promise<LayerReport> {
  const key = artifactKeys.report(request.pipeline, request.interval, request.layer);
  const text = await deps.artifacts.getText(key);
  if (text === null) throw refuse(request, key, `there is no report ${key}`, 'NOT_FOUND');
  const parsed = LayerReport.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
    throw refuse(request, key, `its report is malformed (${problems.join('; ')})`, 'EVENT_INVALID');
  }
  if (parsed.data.runId !== request.runId) {
    const why = `its report is of another run, ${parsed.data.runId}`;
    throw refuse(request, key, why, 'NOT_FOUND');
  }
  return parsed.data;
}

/**
 * Judges what the job of a layer measured, and keeps the verdict beside its report.
 *
 * @throws TerminalError NOT_FOUND without a report of this very run, EVENT_INVALID for a malformed one
 */
export async function checkQuality(
  deps: CheckDeps,
  request: CheckRequest,
): Promise<{ readonly answer: CheckAnswer; readonly verdict: Verdict }> {
  const { pipeline, interval, layer, runId } = request;
  const report = await readReport(deps, request);
  const results = judgeLayer(await deps.pipelines.byKey(request.pipelineKey), report);
  const status = worstStatus(results.map((result) => result.status));
  const judgedAt = deps.clock.now().toISOString();
  const verdict: Verdict = { pipeline, interval, layer, runId, judgedAt, status, results };
  const verdictKey = artifactKeys.verdict(pipeline, interval, layer);
  await deps.artifacts.putText(verdictKey, JSON.stringify(verdict, null, 2));
  const failed = results.filter((result) => result.status === 'fail').map(({ check }) => check);
  return { answer: { status, verdictKey, failed }, verdict };
}

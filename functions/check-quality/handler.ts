import { type CheckDeps, checkQuality } from '#src/check/check-quality.ts';
import { CheckRequest } from '#src/check/check-request.ts';
import { lambdaHandler } from '#src/runtime/lambda-handler.ts';
import type { Log } from '#src/runtime/log.ts';
import { emitMetrics } from '#src/runtime/metrics.ts';

/** Judges one layer of an interval; answers with the verdict's status and key. */
export const createHandler = (deps: CheckDeps, log: Log, writeMetrics = console.log) =>
  lambdaHandler({ stage: 'check', schema: CheckRequest, log }, async (request, runLog) => {
    const { answer, verdict } = await checkQuality(deps, request);
    const count = (status: string) => ({
      value: verdict.results.filter((result) => result.status === status).length,
      unit: 'Count' as const,
    });
    emitMetrics(
      { ChecksPassed: count('pass'), ChecksWarned: count('warn'), ChecksFailed: count('fail') },
      {
        dimensions: { pipeline: request.pipeline, layer: request.layer },
        write: writeMetrics,
      },
    );
    for (const result of verdict.results) {
      if (result.status !== 'pass') runLog.warn('check', { ...result });
    }
    runLog.info('verdict', { ...answer });
    return answer;
  });

import type { ExtractDeps } from '#src/extract/extract-deps.ts';
import { ExtractRequest } from '#src/extract/extract-request.ts';
import { extractTable } from '#src/extract/extract-table.ts';
import { lambdaHandler } from '#src/runtime/lambda-handler.ts';
import { createLog, type LogLevel } from '#src/runtime/log.ts';
import { emitMetrics } from '#src/runtime/metrics.ts';

export interface HandlerOptions {
  readonly logLevel: LogLevel;
}

/** Extracts one query of a pipeline, a step at a time: plan, part, commit. */
export const createHandler = (
  deps: Omit<ExtractDeps, 'remainingMs'>,
  { logLevel }: HandlerOptions,
) =>
  lambdaHandler(
    { stage: 'extract', schema: ExtractRequest, log: createLog({ level: logLevel }) },
    async (request, log, { remainingMs }) => {
      const startedAt = performance.now();
      const answer = await extractTable({ ...deps, remainingMs }, request);
      log.info(request.step, { answer });
      if ('bytes' in answer) {
        const { pipeline, query } = request;
        emitMetrics(
          {
            rows: { value: answer.rows, unit: 'Count' },
            bytes: { value: answer.bytes, unit: 'Bytes' },
            duration: { value: performance.now() - startedAt, unit: 'Milliseconds' },
          },
          { dimensions: { stage: 'extract', pipeline, query } },
        );
      }
      return answer;
    },
  );

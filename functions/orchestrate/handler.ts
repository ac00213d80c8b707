import { orchestrate } from '#src/orchestrate/orchestrate.ts';
import type { OrchestrateDeps } from '#src/orchestrate/orchestrate-deps.ts';
import { OrchestrateEvent } from '#src/orchestrate/orchestrate-event.ts';
import { lambdaHandler } from '#src/runtime/lambda-handler.ts';
import type { Log } from '#src/runtime/log.ts';

/** Starts what an event makes due; answers with the names of the executions. */
export const createHandler = (deps: OrchestrateDeps, log: Log) =>
  lambdaHandler({ stage: 'orchestrate', schema: OrchestrateEvent, log }, async (event, runLog) => {
    const result = await orchestrate(deps, event);
    const what = 'kind' in event ? { tick: event.at } : { manifest: event.detail.object.key };
    runLog.info('orchestrated', { ...what, ...result });
    return result;
  });

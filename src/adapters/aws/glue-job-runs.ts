import { GetJobRunsCommand, GlueClient } from '@aws-sdk/client-glue';
import type { JobRuns } from '../../ports/job-runs.ts';
import { callAws } from './translate-error.ts';

/** Runs looked through, the newest of a job. https://docs.aws.amazon.com/glue/latest/webapi/API_GetJobRuns.html */
const LOOKED_THROUGH = 100;

/** Runs of Glue jobs. `find` throws STORE_UNAVAILABLE (transient) or STORE_REFUSED. */
export function glueJobRuns(client = new GlueClient()): JobRuns {
  return {
    find(JobName, runId) {
      return callAws(`look for the run of ${JobName}`, async () => {
        const { JobRuns: runs = [] } = await client.send(
          new GetJobRunsCommand({ JobName, MaxResults: LOOKED_THROUGH }),
        );
        return runs.find(({ Arguments }) => Arguments?.['--run_id'] === runId)?.Id ?? null;
      });
    },
  };
}

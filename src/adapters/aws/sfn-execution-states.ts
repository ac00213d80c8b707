import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import type { ExecutionStates } from '../../ports/execution-states.ts';
import { callAws } from './translate-error.ts';

/**
 * What became of executions, by their ARN. One that is not there any more has ended: Step Functions
 * keeps it for 90 days.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 *
 * Throws STORE_UNAVAILABLE (transient) or STORE_REFUSED.
 */
export function sfnExecutionStates(client = new SFNClient()): ExecutionStates {
  return {
    hasEnded: (executionArn) =>
      callAws(`look for the execution ${executionArn}`, async () => {
        try {
          const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
          return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
        } catch (error) {
          if (error instanceof ExecutionDoesNotExist) return true;
          throw error;
        }
      }),
  };
}

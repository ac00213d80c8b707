import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Machine } from '../../model/status.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import { callAws } from './translate-error.ts';

export interface SfnExecutionStarterOptions {
  readonly stateMachineArns: Readonly<Partial<Record<Machine, string>>>;
  readonly client?: SFNClient;
}

/**
 * Executions of Step Functions, whose names are unique for 90 days.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 *
 * `start` throws STORE_UNAVAILABLE (transient) or STORE_REFUSED.
 */
export function sfnExecutionStarter({
  stateMachineArns,
  client = new SFNClient(),
}: SfnExecutionStarterOptions): ExecutionStarter {
  return {
    start(machine, name, input) {
      return callAws(`start ${name} of ${machine}`, async () => {
        const stateMachineArn = stateMachineArns[machine];
        try {
          await client.send(
            new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
          );
          return true;
        } catch (error) {
          if (error instanceof ExecutionAlreadyExists) return false;
          throw error;
        }
      });
    },
  };
}

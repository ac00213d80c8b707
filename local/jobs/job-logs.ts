import { readFileSync } from 'node:fs';
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';

const LAST_LINES = 2000;
const LONGEST_LINE = 8000;

const unlessThere = (error: unknown): void => {
  if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
};

/** Puts the end of a job's log into a CloudWatch log stream, as the AWS service would. */
export async function publishLog(
  logs: CloudWatchLogsClient,
  { group, stream, path }: { group: string; stream: string; path: string },
): Promise<void> {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .slice(-LAST_LINES);
  if (lines.length === 0) return;
  await logs.send(new CreateLogGroupCommand({ logGroupName: group })).catch(unlessThere);
  await logs
    .send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }))
    .catch(unlessThere);
  const timestamp = Date.now();
  await logs.send(
    new PutLogEventsCommand({
      logGroupName: group,
      logStreamName: stream,
      logEvents: lines.map((line) => ({ timestamp, message: line.slice(0, LONGEST_LINE) })),
    }),
  );
}

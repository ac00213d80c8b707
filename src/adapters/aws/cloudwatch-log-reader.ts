import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogLines, LogQuery, LogReader } from '../../ports/log-reader.ts';
import { callAws, isAwsError } from './translate-error.ts';

/** Most pages read of one source: the service answers pages without events too. */
const MAX_PAGES = 20;

function filterOf(query: LogQuery): FilterLogEventsCommandInput {
  const { stream, containing } = query;
  return {
    logGroupName: query.group,
    startTime: Date.parse(query.from),
    endTime: Date.parse(query.to),
    ...(containing === undefined
      ? {}
      : { filterPattern: `"${containing.replaceAll('"', '\\"')}"` }),
    ...(stream === undefined
      ? {}
      : stream.isPrefix
        ? { logStreamNamePrefix: stream.name }
        : { logStreamNames: [stream.name] }),
  };
}

/** The service is asked for the stream too; this holds where it answers with more. */
const isOfStream = ({ stream }: LogQuery, name: string): boolean =>
  stream === undefined || (stream.isPrefix ? name.startsWith(stream.name) : name === stream.name);

async function readPages(client: CloudWatchLogsClient, query: LogQuery): Promise<LogLines> {
  const lines: { at: string; message: string }[] = [];
  let nextToken: string | undefined;
  let pages = 0;
  do {
    const page = await client.send(new FilterLogEventsCommand({ ...filterOf(query), nextToken }));
    for (const { timestamp = 0, message = '', logStreamName = '' } of page.events ?? []) {
      if (!isOfStream(query, logStreamName)) continue;
      lines.push({ at: new Date(timestamp).toISOString(), message: message.trimEnd() });
    }
    nextToken = page.nextToken;
    pages += 1;
  } while (nextToken !== undefined && pages < MAX_PAGES);
  const isTruncated = lines.length > query.limit || nextToken !== undefined;
  return { lines: lines.slice(-query.limit), isTruncated };
}

/** Logs in CloudWatch. `read` throws STORE_UNAVAILABLE (transient) or STORE_REFUSED. */
export function cloudWatchLogReader(client = new CloudWatchLogsClient()): LogReader {
  return {
    read(query) {
      return callAws(`read the log ${query.group}`, async () => {
        try {
          return await readPages(client, query);
        } catch (error) {
          if (isAwsError(error, 'ResourceNotFoundException')) {
            return { lines: [], isTruncated: false };
          }
          throw error;
        }
      });
    },
  };
}

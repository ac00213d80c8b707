import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ScheduleStore } from '../../ports/schedule-store.ts';
import type { DynamoTableOptions } from './dynamo-interval-store.ts';
import { callAws } from './translate-error.ts';

const Started = z.object({ interval: z.string() });

const keyOf = (pipeline: string, group: string) => ({
  pk: `SCHEDULE#${pipeline}`,
  sk: `GROUP#${group}`,
});

/** Schedules in the state table. Methods throw STORE_UNAVAILABLE (transient) or STORE_REFUSED. */
export function dynamoScheduleStore({
  table: TableName,
  client = new DynamoDBClient(),
}: DynamoTableOptions): ScheduleStore {
  const documents = DynamoDBDocumentClient.from(client);
  return {
    lastStarted(pipeline, group) {
      return callAws(`read the schedule of ${pipeline}/${group}`, async () => {
        const Key = keyOf(pipeline, group);
        const { Item } = await documents.send(
          new GetCommand({ TableName, Key, ConsistentRead: true }),
        );
        return Item === undefined ? null : Started.parse(Item).interval;
      });
    },
    noteStarted(pipeline, group, interval) {
      return callAws(`note the schedule of ${pipeline}/${group}`, async () => {
        const Item = { ...keyOf(pipeline, group), interval };
        await documents.send(new PutCommand({ TableName, Item }));
      });
    },
  };
}

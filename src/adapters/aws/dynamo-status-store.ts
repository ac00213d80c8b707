import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { Failure } from '../../model/status.ts';
import type { StatusStore } from '../../ports/status-store.ts';
import type { DynamoTableOptions } from './dynamo-interval-store.ts';
import { callAws } from './translate-error.ts';

const Totals = z.object({
  query: z.string(),
  rows: z.number(),
  bytes: z.number(),
  updatedAt: z.string(),
  interval: z.string(),
});

const Watermark = z.object({
  value: z.string().nullable().default(null),
  committedAt: z.string().nullable().default(null),
});

const FailureItem = z
  .object({ runId: z.string(), at: z.string(), error: z.string(), cause: z.string() })
  .transform(({ runId, at, error, cause }) => ({ runId, at, error, cause }));

/** The state table, read for the status page. Methods throw STORE_UNAVAILABLE (transient) or STORE_REFUSED. */
export function dynamoStatusStore({
  table: TableName,
  client = new DynamoDBClient(),
}: DynamoTableOptions): StatusStore {
  const documents = DynamoDBDocumentClient.from(client);
  return {
    bronzeTotals(pipeline) {
      return callAws(`read the bronze totals of ${pipeline}`, async () => {
        const pages = paginateQuery(
          { client: documents },
          {
            TableName,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :bronze)',
            ExpressionAttributeValues: { ':pk': `PIPELINE#${pipeline}`, ':bronze': 'BRONZE#' },
          },
        );
        const totals = [];
        for await (const { Items = [] } of pages) {
          totals.push(...Items.map((item) => Totals.parse(item)));
        }
        return totals;
      });
    },
    watermark(pipeline, query) {
      return callAws(`read the watermark of ${pipeline}/${query}`, async () => {
        const Key = { pk: `WATERMARK#${pipeline}#${query}`, sk: 'CURRENT' };
        const { Item } = await documents.send(new GetCommand({ TableName, Key }));
        return Item === undefined ? null : Watermark.parse(Item);
      });
    },
    failures(machine, Limit) {
      return callAws(`read the failures of ${machine}`, async () => {
        const { Items = [] } = await documents.send(
          new QueryCommand({
            TableName,
            Limit,
            ScanIndexForward: false,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': `FAILURE#${machine}` },
          }),
        );
        return Items.map((item) => Failure.parse({ machine, ...FailureItem.parse(item) }));
      });
    },
  };
}

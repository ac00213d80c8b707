import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ModelStore } from '../../ports/model-store.ts';
import type { DynamoTableOptions } from './dynamo-interval-store.ts';
import { callAws } from './translate-error.ts';

const Model = z.object({
  modelKey: z.string(),
  trainingJobName: z.string(),
  interval: z.string(),
  trainedAt: z.string(),
});

/** Current models in the state table. Throws STORE_UNAVAILABLE (transient) or STORE_REFUSED. */
export function dynamoModelStore({
  table: TableName,
  client = new DynamoDBClient(),
}: DynamoTableOptions): ModelStore {
  const documents = DynamoDBDocumentClient.from(client);
  return {
    current(pipeline) {
      return callAws(`read the current model of ${pipeline}`, async () => {
        const Key = { pk: `MODEL#${pipeline}`, sk: 'CURRENT' };
        const { Item } = await documents.send(
          new GetCommand({ TableName, Key, ConsistentRead: true }),
        );
        return Item === undefined ? null : Model.parse(Item);
      });
    },
  };
}

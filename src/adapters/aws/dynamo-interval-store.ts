import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { TransientError } from '../../errors.ts';
import type { Counting, IntervalStore, ReadyTable } from '../../ports/interval-store.ts';
import { callAws } from './translate-error.ts';

export interface DynamoTableOptions {
  readonly table: string;
  readonly client?: DynamoDBClient;
}

const Table = z.object({
  query: z.string(),
  manifestKey: z.string(),
  pipelineKey: z.string(),
  rows: z.number(),
  bytes: z.number(),
  files: z.number(),
  extractedAt: z.string(),
});

const State = z.object({ ready: z.number(), expected: z.number() });

/** Tables of an interval end at about the same time and all count at one item, so that conflicts are expected. */
const CONFLICT_ATTEMPTS = 10;
const MAX_PAUSE_MS = 1_000;

const intervalPk = (pipeline: string, id: string) => `INTERVAL#${pipeline}#${id}`;

const cancelledBecause = (error: unknown, code: string): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some((reason) => reason.Code === code);

/** Writes once; true when it did, false when the condition did not hold. Tries again after a conflict, with full jitter. */
async function writeOnce(
  client: DynamoDBDocumentClient,
  input: TransactWriteCommandInput,
): Promise<boolean> {
  for (let attempt = 1; attempt <= CONFLICT_ATTEMPTS; attempt++) {
    try {
      await client.send(new TransactWriteCommand(input));
      return true;
    } catch (error) {
      if (cancelledBecause(error, 'ConditionalCheckFailed')) return false;
      if (!cancelledBecause(error, 'TransactionConflict')) throw error;
      await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 25 * 2 ** attempt));
    }
  }
  throw new TransientError(
    'Cannot count a table for its interval: other tables are being counted. Try again.',
    { code: 'STORE_UNAVAILABLE' },
  );
}

function countingWrites(
  TableName: string,
  pipeline: string,
  interval: { readonly id: string; readonly queries: readonly string[] },
  table: ReadyTable,
): TransactWriteCommandInput {
  const pk = intervalPk(pipeline, interval.id);
  return {
    TransactItems: [
      {
        Put: {
          TableName,
          Item: { pk, sk: `TABLE#${table.query}`, ...table },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      {
        Update: {
          TableName,
          Key: { pk, sk: 'STATE' },
          UpdateExpression: 'SET expected = :expected ADD ready :one',
          ExpressionAttributeValues: { ':expected': interval.queries.length, ':one': 1 },
        },
      },
      {
        Update: {
          TableName,
          Key: { pk: `PIPELINE#${pipeline}`, sk: `BRONZE#${table.query}` },
          UpdateExpression:
            'SET #query = :query, #interval = :interval, updatedAt = :at ' +
            'ADD #rows :rows, #bytes :bytes, #files :files, manifests :one',
          ExpressionAttributeNames: {
            '#query': 'query',
            '#interval': 'interval',
            '#rows': 'rows',
            '#bytes': 'bytes',
            '#files': 'files',
          },
          ExpressionAttributeValues: {
            ':query': table.query,
            ':interval': interval.id,
            ':at': table.extractedAt,
            ':rows': table.rows,
            ':bytes': table.bytes,
            ':files': table.files,
            ':one': 1,
          },
        },
      },
    ],
  };
}

/**
 * Intervals in the state table: an item for each table, a counter beside them, and the totals of each bronze table,
 * written by one transaction. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 *
 * Methods throw STORE_UNAVAILABLE (transient) or STORE_REFUSED.
 */
export function dynamoIntervalStore({
  table: TableName,
  client = new DynamoDBClient(),
}: DynamoTableOptions): IntervalStore {
  const documents = DynamoDBDocumentClient.from(client);
  const read = async (pk: string, sk: string) =>
    (await documents.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true })))
      .Item;
  return {
    count(pipeline, interval, table) {
      return callAws(`count ${table.query} for ${interval.id}`, async (): Promise<Counting> => {
        const input = countingWrites(TableName, pipeline, interval, table);
        if (await writeOnce(documents, input)) return 'first';
        const item = await read(intervalPk(pipeline, interval.id), `TABLE#${table.query}`);
        return item?.manifestKey === table.manifestKey ? 'repeated' : 'other';
      });
    },
    progress(pipeline, id) {
      return callAws(`read the interval ${id}`, async () => {
        const pk = intervalPk(pipeline, id);
        const state = State.parse((await read(pk, 'STATE')) ?? { ready: 0, expected: 1 });
        return { ...state, tables: await readTables(documents, TableName, pk) };
      });
    },
  };
}

async function readTables(
  client: DynamoDBDocumentClient,
  TableName: string,
  pk: string,
): Promise<ReadyTable[]> {
  const tables: ReadyTable[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :table)',
        ExpressionAttributeValues: { ':pk': pk, ':table': 'TABLE#' },
        ExclusiveStartKey: from,
      }),
    );
    tables.push(...(page.Items ?? []).map((item) => Table.parse(item)));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return tables;
}

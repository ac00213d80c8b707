import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { TerminalError } from '../../errors.ts';
import { Window } from '../../model/window.ts';
import type {
  CommittedManifest,
  Lease,
  QueryId,
  Watermark,
  WatermarkCommit,
  WatermarkStore,
} from '../../ports/watermark-store.ts';
import { callAws, isAwsError } from './translate-error.ts';

export interface DynamoWatermarkStoreOptions {
  readonly table: string;
  readonly client?: DynamoDBClient;
}

const Pending = z.object({
  runId: z.string(),
  intervalId: z.string(),
  window: Window.nullable(),
  manifestKey: z.string(),
  plannedAt: z.string(),
});

const LeaseItem = z.object({
  holder: z.string(),
  execution: z.string().nullable(),
  since: z.string(),
  expiresAt: z.string(),
});

/** The item of a query; it has only `lease`, `pending` and `version` until the first commit. */
const Item = z.object({
  value: z.string().nullable().default(null),
  version: z.int().min(0).default(0),
  runId: z.string().nullable().default(null),
  intervalId: z.string().nullable().default(null),
  manifestKey: z.string().nullable().default(null),
  pending: Pending.nullable().default(null),
  lease: LeaseItem.nullable().default(null),
});

const CommitItem = z.object({ version: z.int(), runId: z.string(), manifestKey: z.string() });

const CURRENT = 'CURRENT';
const COMMIT = 'COMMIT#';

const keyOf = ({ pipeline, query, lane }: QueryId) =>
  lane === undefined ? `WATERMARK#${pipeline}#${query}` : `BACKFILL#${pipeline}#${query}#${lane}`;
const current = (id: QueryId) => ({ pk: keyOf(id), sk: CURRENT });
const commitKey = (id: QueryId, version: number) => {
  return { pk: keyOf(id), sk: `${COMMIT}${String(version).padStart(12, '0')}` };
};

function conflict(id: QueryId, runId: string): TerminalError {
  return new TerminalError(
    `Cannot change the watermark of ${id.pipeline}.${id.query} for run ${runId}: ` +
      'another run changed it first. Let that run finish, then extract again.',
    { code: 'WATERMARK_CONFLICT', details: { pipeline: id.pipeline, query: id.query, runId } },
  );
}

/** A transaction cancelled because a condition did not hold, and not because of contention. */
function isConditionFailure(error: unknown): boolean {
  if (isAwsError(error, 'ConditionalCheckFailedException')) return true;
  if (!isAwsError(error, 'TransactionCanceledException')) return false;
  const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons;
  return reasons?.some(({ Code }) => Code === 'ConditionalCheckFailed') ?? false;
}

/** Translates what a conditional write throws. */
async function writeIf<Result>(
  id: QueryId,
  runId: string,
  write: () => Promise<Result>,
): Promise<void> {
  await callAws(`change the watermark of ${id.pipeline}.${id.query}`, async () => {
    try {
      await write();
    } catch (error) {
      throw isConditionFailure(error) ? conflict(id, runId) : error;
    }
  });
}

/** A run that lost its lease may write nothing; one whose lease was given back, what its window allows. */
const HOLDS_LEASE = '(attribute_not_exists(lease) OR lease.holder = :holder)';

interface ConditionalUpdate {
  readonly id: QueryId;
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, string | Lease>>;
}

function commitWrites(
  table: string,
  id: QueryId,
  commit: WatermarkCommit,
  version: number,
  holder: string,
) {
  const { value, runId, intervalId, manifestKey, rows, window, committedAt } = commit;
  const history = { runId, intervalId, manifestKey, rows, committedAt, version: version + 1 };
  const bounds = { from: window?.from ?? null, to: window?.to ?? null };
  const names = ['value', 'runId', 'intervalId', 'manifestKey', 'committedAt', 'version'];
  const Update = {
    TableName: table,
    Key: current(id),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: `#version = :read AND pending.runId = :runId AND ${HOLDS_LEASE}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ':value': value,
      ':runId': runId,
      ':intervalId': intervalId,
      ':manifestKey': manifestKey,
      ':committedAt': committedAt,
      ':version': version + 1,
      ':read': version,
      ':holder': holder,
    },
  };
  const Put = {
    TableName: table,
    Item: { ...commitKey(id, version + 1), ...history, ...bounds },
    ConditionExpression: 'attribute_not_exists(pk)',
  };
  return [{ Update }, { Put }];
}

/**
 * Watermarks in the state table: pk `WATERMARK#<pipeline>#<query>`, sk `CURRENT`, and one item for
 * each commit, sk `COMMIT#<version>`; a lane's pk is `BACKFILL#<pipeline>#<query>#<lane>`. The lease
 * is part of the same item, so that one condition covers version, pending window and lease.
 *
 * Methods throw WATERMARK_CONFLICT, STORE_UNAVAILABLE (transient) or STORE_REFUSED.
 */
export function dynamoWatermarkStore(options: DynamoWatermarkStoreOptions): WatermarkStore {
  const { table, client = new DynamoDBClient() } = options;
  const documents = DynamoDBDocumentClient.from(client);
  /** Changes a query's item when a condition holds, and tells whether it did. */
  const updateIf = ({ id, update, condition, values }: ConditionalUpdate): Promise<boolean> =>
    callAws(`change the watermark of ${id.pipeline}.${id.query}`, async () => {
      try {
        await documents.send(
          new UpdateCommand({
            TableName: table,
            Key: current(id),
            UpdateExpression: update,
            ConditionExpression: condition,
            ExpressionAttributeValues: values,
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    });
  return {
    async read(id): Promise<Watermark> {
      const answer = await callAws(`read the watermark of ${id.pipeline}.${id.query}`, () =>
        documents.send(
          new GetCommand({ TableName: table, Key: current(id), ConsistentRead: true }),
        ),
      );
      return Item.parse(answer.Item ?? {});
    },
    plan(id, pending, version) {
      const command = new UpdateCommand({
        TableName: table,
        Key: current(id),
        UpdateExpression: 'SET pending = :pending, #version = :version',
        ConditionExpression: `(#version = :version OR attribute_not_exists(#version)) AND ${HOLDS_LEASE}`,
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: {
          ':pending': pending,
          ':version': version,
          ':holder': pending.runId,
        },
      });
      return writeIf(id, pending.runId, () => documents.send(command));
    },
    commit(id, commit, version, holder) {
      const TransactItems = commitWrites(table, id, commit, version, holder);
      return writeIf(id, commit.runId, () =>
        documents.send(new TransactWriteCommand({ TransactItems })),
      );
    },
    async clearPending(id, runId) {
      await updateIf({
        id,
        update: 'REMOVE pending',
        condition: 'pending.runId = :runId',
        values: { ':runId': runId },
      });
    },
    replaceLease(id, seen, lease) {
      return updateIf({
        id,
        update: 'SET lease = :lease',
        condition: seen === null ? 'attribute_not_exists(lease)' : 'lease = :seen',
        values: { ':lease': lease, ...(seen === null ? {} : { ':seen': seen }) },
      });
    },
    async releaseLease(id, holder) {
      await updateIf({
        id,
        update: 'REMOVE lease',
        condition: 'lease.holder = :holder',
        values: { ':holder': holder },
      });
    },
    async history(id) {
      return callAws(`read the commits of ${id.pipeline}.${id.query}`, () =>
        readHistory(documents, table, id),
      );
    },
  };
}

async function readHistory(documents: DynamoDBDocumentClient, table: string, id: QueryId) {
  const commits: CommittedManifest[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :commit)',
        ExpressionAttributeValues: { ':pk': keyOf(id), ':commit': COMMIT },
        ConsistentRead: true,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    commits.push(...(page.Items ?? []).map((item) => CommitItem.parse(item)));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return commits;
}

import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSnowmeltError, TransientError } from '../../errors.ts';
import type { PipelineDocument } from '../../model/pipeline.ts';
import type { CredentialsSource } from '../../ports/credentials.ts';
import type { Warehouse } from '../../ports/warehouse.ts';
import { partitionRows } from './partition-rows.ts';
import type { RetryOptions } from './retry.ts';
import { createSqlApiClient, type SqlApiClient } from './sql-api-client.ts';
import {
  columnsOf,
  instantOfEpoch,
  parseAnswer,
  resultOf,
  type StatementAnswer,
} from './statement-answer.ts';
import { groupParameters, readGroup } from './statement-group.ts';

export interface SnowflakeWarehouseOptions {
  readonly connection: PipelineDocument['snowflake'];
  readonly credentials: CredentialsSource;
  /** What the source's query history says of every statement. */
  readonly queryTag?: string;
  /** Longest time to wait for a statement at once, in seconds; less than the function's own limit. */
  readonly statementSeconds?: number;
  readonly retry?: RetryOptions;
}

const ANSWER_TIMEOUT_MS = 60_000;
const PARTITION_TIMEOUT_MS = 300_000;

/**
 * Longest time a statement may run that is followed over several invocations, in seconds.
 * https://docs.snowflake.com/en/developer-guide/sql-api/reference
 */
const LONGEST_STATEMENT_SECONDS = 4 * 3600;

/** Waits between two looks at a running statement, in milliseconds. */
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 3000;

/** The SQL API takes names as SHOW lists them: upper case unless they were quoted. */
const storedName = (name: string) =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase();

function statementBody(
  { connection, queryTag }: SnowflakeWarehouseOptions,
  sql: string,
  seconds: number,
  parameters: Readonly<Record<string, string>>,
) {
  const { database, schema, warehouse, role } = connection;
  return {
    statement: sql,
    timeout: seconds,
    database: storedName(database),
    schema: storedName(schema),
    warehouse: storedName(warehouse),
    ...(role === undefined ? {} : { role: storedName(role) }),
    parameters: {
      TIMEZONE: 'UTC',
      ...parameters,
      ...(queryTag === undefined ? {} : { QUERY_TAG: queryTag }),
    },
  };
}

/** Looks at a statement until it has ended; null while it runs. */
const readAnswer = async (response: Response): Promise<StatementAnswer | null> => {
  if (response.status !== 202) return parseAnswer(await response.json());
  await response.body?.cancel();
  return null;
};

/** The answer of a statement, or null when it has not ended within some seconds. */
async function pollAnswer(
  client: SqlApiClient,
  queryId: string,
  seconds: number,
): Promise<StatementAnswer | null> {
  const deadline = Date.now() + seconds * 1000;
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, LONGEST_POLL_MS)) {
    const answer = await client.send({
      method: 'GET',
      path: `/statements/${queryId}`,
      doing: `get the result of query ${queryId}`,
      timeoutMs: PARTITION_TIMEOUT_MS,
      read: readAnswer,
    });
    if (answer !== null || Date.now() >= deadline) return answer;
    await sleep(Math.min(wait, deadline - Date.now()));
  }
}

const waitForAnswer = async (
  client: SqlApiClient,
  queryId: string,
  seconds: number,
): Promise<StatementAnswer> =>
  (await pollAnswer(client, queryId, seconds)) ?? giveUp(client, queryId, seconds);

/** Codes that say a statement has ended or never was. */
const NOT_RUNNING = new Set<unknown>(['000605', '000709']);

async function cancelStatement(client: SqlApiClient, queryId: string): Promise<void> {
  const cancelling = client.send({
    method: 'POST',
    path: `/statements/${queryId}/cancel`,
    doing: `cancel query ${queryId}`,
    timeoutMs: ANSWER_TIMEOUT_MS,
    read: async (response) => response.body?.cancel(),
  });
  await cancelling.catch((error) => {
    if (!isSnowmeltError(error) || !NOT_RUNNING.has(error.details.snowflakeCode)) throw error;
  });
}

async function giveUp(client: SqlApiClient, queryId: string, seconds: number): Promise<never> {
  await cancelStatement(client, queryId).catch(() => undefined);
  throw new TransientError(
    `Cannot get the result of query ${queryId}: ` +
      `it has run for more than ${seconds} seconds and was cancelled. ` +
      'Extract smaller windows, or take a larger warehouse.',
    { code: 'WAREHOUSE_UNAVAILABLE', details: { queryId, seconds } },
  );
}

/**
 * The first partition comes with the answer's metadata and is small; the others are streamed to the
 * disk.
 */
async function savePartition(
  client: SqlApiClient,
  queryId: string,
  partition: number,
  path: string,
): Promise<void> {
  const doing = `fetch partition ${partition} of query ${queryId}`;
  const sending = client.send({
    method: 'GET',
    path: `/statements/${queryId}?partition=${partition}`,
    doing,
    timeoutMs: PARTITION_TIMEOUT_MS,
    async read(response) {
      if (partition === 0) {
        const { data } = parseAnswer(await response.json());
        await writeFile(path, JSON.stringify(data));
      } else {
        const body = Readable.fromWeb(response.body as ReadableStream);
        await pipeline(partitionRows(body, doing), createWriteStream(path));
      }
    },
  });
  await sending.catch((error) => {
    throw isDiskFull(error) ? diskFull(doing, error) : error;
  });
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOSPC';

const diskFull = (doing: string, cause: unknown) =>
  new TransientError(
    `Cannot ${doing}: the disk is full. ` +
      'Give the function more ephemeral storage, or lower max_file_mb.',
    { code: 'STORE_UNAVAILABLE', cause },
  );

/**
 * Snowflake by its SQL API v2: bulk rows come as result partitions that are addressed by number and
 * never become JavaScript objects.
 *
 * Methods throw TransientError WAREHOUSE_UNAVAILABLE after several attempts, and TerminalError
 * WAREHOUSE_REFUSED, CREDENTIALS_REFUSED, NOT_FOUND (a result has expired) or RESULT_CORRUPT.
 */
export function snowflakeWarehouse(options: SnowflakeWarehouseOptions): Warehouse {
  const { connection, credentials, statementSeconds = 600, retry = {} } = options;
  const authentication = connection.authentication;
  const client = createSqlApiClient({ credentials, authentication, retry });

  const send = (sql: string, requestId: string, seconds: number, parameters = {}) =>
    client.send({
      method: 'POST',
      path: `/statements?async=true&retry=true&requestId=${requestId}`,
      body: statementBody(options, sql, seconds, parameters),
      doing: 'run a statement',
      timeoutMs: ANSWER_TIMEOUT_MS,
      read: async (response) =>
        ((await response.json()) as { statementHandle: string }).statementHandle,
    });
  const run = async (sql: string) =>
    waitForAnswer(client, await send(sql, randomUUID(), statementSeconds), statementSeconds);
  const scalar = async (sql: string) => (await run(sql)).data[0]?.[0] ?? null;

  return {
    submit: (sql, requestId) => send(sql, requestId, LONGEST_STATEMENT_SECONDS),
    scalar,
    waitFor: async (queryId) => resultOf(await waitForAnswer(client, queryId, statementSeconds)),
    async poll(queryId, seconds) {
      const answer = await pollAnswer(client, queryId, seconds);
      return answer === null ? null : resultOf(answer);
    },
    submitAll: (statements, requestId) =>
      send(
        statements.join(';\n'),
        requestId,
        LONGEST_STATEMENT_SECONDS,
        groupParameters(statements),
      ),
    pollAll: async (queryId, seconds) =>
      (await pollAnswer(client, queryId, seconds)) === null ? null : readGroup(client, queryId),
    savePartition: (queryId, partition, path) => savePartition(client, queryId, partition, path),
    cancel: (queryId) => cancelStatement(client, queryId),
    describe: async (select) => columnsOf(await run(select)),
    now: async () => instantOfEpoch((await scalar('SELECT CURRENT_TIMESTAMP()')) ?? '0'),
  };
}

import { z } from 'zod';
import type { StatementRows } from '../../ports/warehouse.ts';
import type { SqlApiClient } from './sql-api-client.ts';
import { parseAnswer, type StatementAnswer } from './statement-answer.ts';

const GroupAnswer = z.object({ statementHandles: z.array(z.string()).optional() });
const PartitionAnswer = z.object({ data: z.array(z.array(z.string().nullable())) });

const TIMEOUT_MS = 60_000;

/** The parameter that lets one request hold several statements. */
export const groupParameters = (statements: readonly string[]) => ({
  MULTI_STATEMENT_COUNT: String(statements.length),
});

function get<Result>(
  client: SqlApiClient,
  path: string,
  read: (body: unknown) => Result,
): Promise<Result> {
  return client.send({
    method: 'GET',
    path: `/statements/${path}`,
    doing: `get the result of query ${path}`,
    timeoutMs: TIMEOUT_MS,
    read: async (response) => read(await response.json()),
  });
}

async function readRows(client: SqlApiClient, queryId: string): Promise<StatementRows> {
  const answer: StatementAnswer = await get(client, queryId, parseAnswer);
  const rows = [...answer.data];
  for (let n = 1; n < answer.resultSetMetaData.partitionInfo.length; n++) {
    const { data } = await get(client, `${queryId}?partition=${n}`, (body) =>
      PartitionAnswer.parse(body),
    );
    rows.push(...data);
  }
  return { queryId, rows };
}

/**
 * The rows of each of the statements that were submitted together, which have ended. One alone has
 * no handle but that of the request.
 * https://docs.snowflake.com/en/developer-guide/sql-api/submitting-multiple-statements
 */
export async function readGroup(
  client: SqlApiClient,
  queryId: string,
): Promise<readonly StatementRows[]> {
  const { statementHandles } = await get(client, queryId, (body) => GroupAnswer.parse(body));
  const answers: StatementRows[] = [];
  for (const handle of statementHandles ?? [queryId]) answers.push(await readRows(client, handle));
  return answers;
}

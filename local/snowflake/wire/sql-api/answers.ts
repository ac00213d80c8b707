import { randomUUID } from 'node:crypto';
import type { SnowflakeError } from '../../statement.ts';
import { jsonAnswer, rawJsonAnswer, type WireAnswer } from '../http.ts';
import { rowType } from '../row-type.ts';
import type { StatementRun } from '../statement-run.ts';
import { ASYNCHRONOUS, wireError } from '../wire-errors.ts';
import { firstRows, openPage, type Page, type Pages } from './pages.ts';

/** Bodies as https://docs.snowflake.com/en/developer-guide/sql-api/reference gives them. */

export const STATEMENTS = '/api/v2/statements';

const statusUrl = (id: string): string => `${STATEMENTS}/${id}`;

/** A body of the form of QueryFailureStatus, or of a refusal, which knows no statement. */
export const errorAnswer = (status: number, code: string, message: string): WireAnswer =>
  jsonAnswer({ code, message }, status);

export const runningAnswer = (run: StatementRun): WireAnswer =>
  jsonAnswer(
    {
      code: '333334',
      message: ASYNCHRONOUS,
      statementHandle: run.id,
      statementStatusUrl: statusUrl(run.id),
    },
    202,
  );

export const failureAnswer = (
  { code, sqlState, message }: SnowflakeError,
  id: string,
  createdOn: number | undefined,
  status = 422,
): WireAnswer =>
  jsonAnswer(
    {
      code,
      message,
      sqlState,
      statementHandle: id,
      ...(createdOn === undefined ? {} : { createdOn, statementStatusUrl: statusUrl(id) }),
    },
    status,
  );

export const canceledAnswer = (run: StatementRun): WireAnswer => {
  const { code, sqlState, message } = wireError.canceled();
  return jsonAnswer({
    code,
    sqlState,
    message,
    statementHandle: run.id,
    statementStatusUrl: statusUrl(run.id),
  });
};

const partitionInfo = (pages: readonly Page[]): readonly object[] =>
  (pages.length === 0 ? [undefined] : pages).map((page) => ({
    rowCount: page?.rowCount ?? 0,
    uncompressedSize: page?.uncompressedBytes ?? 0,
    ...(page?.compressedBytes === undefined ? {} : { compressedSize: page.compressedBytes }),
  }));

/** The Link header: where the first, previous, next and last partitions are. */
function links(id: string, index: number, count: number): Readonly<Record<string, string>> {
  const link = (partition: number, rel: string): string =>
    `<${statusUrl(id)}?requestId=${randomUUID()}&partition=${partition}>; rel="${rel}"`;
  return {
    link: [
      link(0, 'first'),
      ...(index > 0 ? [link(index - 1, 'prev')] : []),
      ...(index + 1 < count ? [link(index + 1, 'next')] : []),
      link(Math.max(count - 1, 0), 'last'),
    ].join(','),
  };
}

const statsField = ({ stats }: Pages): object => {
  if (stats === undefined) return {};
  const { numDmlDuplicates, ...rows } = stats;
  return { stats: { ...rows, numDuplicateRowsUpdated: numDmlDuplicates } };
};

/** The metadata and the first partition's rows, spliced in as they were written. */
async function resultSetAnswer(run: StatementRun, pages: Pages): Promise<WireAnswer> {
  const { result, children } = run.outcome();
  const head = {
    resultSetMetaData: {
      numRows: result.rowCount,
      format: 'jsonv2',
      partitionInfo: partitionInfo(pages.pages),
      rowType: rowType(result.columns),
    },
  };
  const tail = {
    code: '090001',
    ...(children.length === 0 ? {} : { statementHandles: children.map(({ id }) => id) }),
    statementStatusUrl: `${statusUrl(run.id)}?requestId=${randomUUID()}`,
    ...statsField(pages),
    sqlState: '00000',
    statementHandle: run.id,
    message: 'Statement executed successfully.',
    createdOn: run.startedAtMs,
  };
  const start = JSON.stringify(head).slice(0, -1);
  const end = JSON.stringify(tail).slice(1);
  const body = `${start},"data":[${await firstRows(pages)}],${end}`;
  return rawJsonAnswer(body, 200, links(run.id, 0, pages.pages.length));
}

/**
 * A further partition: `{"data":[…]}` and nothing beside it, always gzip, streamed from its file.
 * https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses
 */
function pageAnswer(run: StatementRun, pages: Pages, index: number): WireAnswer {
  const page = pages.pages[index];
  if (page === undefined) {
    const range = `0 to ${Math.max(pages.pages.length - 1, 0)}`;
    return errorAnswer(400, '390142', `Partition ${index} does not exist, only ${range} do.`);
  }
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': String(page.compressedBytes),
      ...links(run.id, index, pages.pages.length),
    },
    body: openPage(page),
  };
}

/** One partition of a finished statement. Throws what the statement failed with. */
export async function partitionAnswer(run: StatementRun, index: number): Promise<WireAnswer> {
  const { pages } = run.outcome();
  if (pages === undefined) throw wireError.expired(run.id);
  return index === 0 ? resultSetAnswer(run, pages) : pageAnswer(run, pages, index);
}

import { SnowflakeError } from '../statement.ts';

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What Snowflake says of a statement that goes on. */
export const ASYNCHRONOUS =
  'Asynchronous execution in progress. ' +
  'Use provided query id to perform query monitoring and management.';

/**
 * Errors that the doors raise themselves, with Snowflake's codes.
 * https://docs.snowflake.com/en/developer-guide/sql-api/reference and the drivers' own tables of
 * codes.
 */
export const wireError = {
  canceled: () => new SnowflakeError('000604', '57014', 'SQL execution canceled'),
  timedOut: (seconds: number) =>
    new SnowflakeError(
      '000630',
      '57014',
      `Statement reached its statement or warehouse timeout of ${seconds} second(s) ` +
        'and was canceled.',
    ),
  notFound: (id: string) => new SnowflakeError('000709', '02000', `Statement ${id} not found`),
  expired: (id: string) =>
    new SnowflakeError('000612', '02000', `Result for query ${id} has expired`),
  statementCount: (actual: number, desired: number) =>
    new SnowflakeError(
      '000008',
      '0A000',
      `Actual statement count ${actual} did not match the desired statement count ${desired}.`,
    ),
  bindsInMultiStatement: () =>
    new SnowflakeError(
      '002210',
      '0A000',
      'Bind variables are not supported in a request of several statements.',
    ),
  bindStage: (stage: string) =>
    new SnowflakeError(
      '000002',
      '0A000',
      `Unsupported feature 'binds from stage ${stage}': the stand-in takes binds inside the ` +
        'request only. Raise the driver’s array binding threshold.',
    ),
  /** https://docs.snowflake.com/en/developer-guide/sql-api/intro: PUT and GET are for drivers. */
  transferBySqlApi: () =>
    new SnowflakeError('391911', '0A000', 'PUT and GET are not supported by the SQL API.'),
  payload: () =>
    new SnowflakeError('390142', '08001', 'Incoming request does not contain a valid payload.'),
  internal: (error: unknown) =>
    new SnowflakeError(
      '000603',
      'XX000',
      `SQL execution internal error in the stand-in: ${textOf(error)}`,
      error,
    ),
};

/**
 * What a statement failed with, as Snowflake would say it; a fault of ours becomes 000603, never a
 * 5xx.
 */
export const asSnowflakeError = (error: unknown): SnowflakeError =>
  error instanceof SnowflakeError ? error : wireError.internal(error);

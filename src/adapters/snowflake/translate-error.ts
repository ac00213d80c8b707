import { type ErrorCode, type SnowmeltError, TerminalError, TransientError } from '../../errors.ts';

/** What the SQL API says when a request fails. */
export interface SqlApiFailure {
  /** 0: there was no answer. */
  readonly status: number;
  readonly code?: string | undefined;
  readonly sqlState?: string | undefined;
  readonly message?: string | undefined;
  readonly queryId?: string | undefined;
  readonly cause?: unknown;
}

interface Translation {
  readonly isTransient?: boolean;
  readonly code: ErrorCode;
  readonly why: string;
  readonly advice: string;
}

const logIn = (why: string): Translation => ({
  code: 'CREDENTIALS_REFUSED',
  why,
  advice: "Check the secret's account, user and key or token against the Snowflake user",
});

const gone: Translation = {
  code: 'NOT_FOUND',
  why: 'Snowflake keeps results for 24 hours and does not have this one',
  advice: 'Extract again',
};

/**
 * Snowflake's error codes that call for something else than reading its message.
 * https://docs.snowflake.com/en/developer-guide/sql-api/handling-errors
 * https://docs.snowflake.com/en/user-guide/key-pair-auth-troubleshooting
 * https://docs.snowflake.com/en/user-guide/programmatic-access-tokens
 */
const BY_CODE: Readonly<Record<string, Translation>> = {
  '000603': {
    isTransient: true,
    code: 'WAREHOUSE_UNAVAILABLE',
    why: 'Snowflake met an internal error',
    advice: 'Try again',
  },
  '000604': {
    code: 'WAREHOUSE_REFUSED',
    why: 'the statement was cancelled',
    advice: 'Extract again if that was not wanted',
  },
  '000625': {
    isTransient: true,
    code: 'WAREHOUSE_UNAVAILABLE',
    why: 'the statement waited too long for a lock',
    advice: 'Try again',
  },
  '000630': {
    isTransient: true,
    code: 'WAREHOUSE_UNAVAILABLE',
    why: 'the statement took longer than it may',
    advice: 'Extract smaller windows, or take a larger warehouse',
  },
  '000709': gone,
  '390144': logIn('the token signed with the private key was refused'),
  '390318': logIn('the token has expired'),
  '390505': {
    isTransient: true,
    code: 'WAREHOUSE_UNAVAILABLE',
    why: 'Snowflake is answering too many requests',
    advice: 'Try again',
  },
  '394400': logIn('the programmatic access token was refused'),
};

const UNREACHABLE: Translation = {
  isTransient: true,
  code: 'WAREHOUSE_UNAVAILABLE',
  why: 'Snowflake did not answer as it should',
  advice: 'Try again; if it stays so, check the account name and the network',
};

/** Class 22 is what is wrong with data; its messages quote values. */
const mayQuoteValues = (sqlState: string | undefined) => sqlState?.startsWith('22') === true;

function refusal({ message, sqlState }: SqlApiFailure): Translation {
  const firstLine = message?.replaceAll('\n', ' ').trim();
  return {
    code: 'WAREHOUSE_REFUSED',
    why:
      firstLine === undefined || mayQuoteValues(sqlState)
        ? 'Snowflake refused the statement'
        : `Snowflake says "${firstLine}"`,
    advice: 'Check the statement, the names in it, and the privileges of the role',
  };
}

/** Whether sending the same request again may get an answer. */
export const isWorthRetrying = ({ status, code }: SqlApiFailure): boolean =>
  code === '390505' ||
  status === 0 ||
  status === 429 ||
  status >= 500 ||
  (status === 408 && code === undefined);

function chooseTranslation(failure: SqlApiFailure): Translation {
  const known = failure.code === undefined ? undefined : BY_CODE[failure.code];
  if (known !== undefined) return known;
  if (isWorthRetrying(failure)) return UNREACHABLE;
  if (failure.status === 401 || failure.status === 403) return logIn('the log-in was refused');
  return refusal(failure);
}

/**
 * Turns a failed request into our error. What has no entry is terminal.
 *
 * @param doing completes "Cannot …", for example `run the statement`
 */
export function translateSnowflakeError(failure: SqlApiFailure, doing: string): SnowmeltError {
  const { isTransient = false, code, why, advice } = chooseTranslation(failure);
  const { status, code: snowflakeCode, sqlState, queryId, cause } = failure;
  const label = snowflakeCode === undefined ? '' : ` (${snowflakeCode})`;
  const message = `Cannot ${doing} at Snowflake: ${why}${label}. ${advice}.`;
  const options = { code, details: { status, snowflakeCode, sqlState, queryId }, cause };
  return isTransient ? new TransientError(message, options) : new TerminalError(message, options);
}

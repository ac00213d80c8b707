import type { CredentialsSource } from '../../ports/credentials.ts';
import { type LoginToken, makeLoginToken } from './login-token.ts';
import { RetryableFailure, type RetryOptions, retryAfterMs, withRetries } from './retry.ts';
import { isWorthRetrying, translateSnowflakeError } from './translate-error.ts';

export interface SqlApiClientOptions {
  readonly credentials: CredentialsSource;
  readonly authentication: 'key_pair' | 'pat';
  readonly retry?: RetryOptions;
}

export interface SqlApiRequest<Result> {
  readonly method: 'GET' | 'POST';
  /** Path below /api/v2, with its query. */
  readonly path: string;
  readonly body?: object;
  /** Completes "Cannot …" in messages. */
  readonly doing: string;
  /** Longest time for one attempt, answer included, in milliseconds. */
  readonly timeoutMs: number;
  /** Reads the answer; fails with RetryableFailure to have the request sent again. */
  readonly read: (response: Response) => Promise<Result>;
}

/** A client of the SQL API v2. https://docs.snowflake.com/en/developer-guide/sql-api/reference */
export interface SqlApiClient {
  /** Sends a request, again where that may help. */
  send<Result>(request: SqlApiRequest<Result>): Promise<Result>;
}

const USER_AGENT = 'snowmelt/0.1.0';

/**
 * https://docs.snowflake.com/en/user-guide/organizations-connect: underscores are no part of a host
 * name.
 */
const accessUrlOf = (account: string) =>
  `https://${account.toLowerCase().replaceAll('_', '-')}.snowflakecomputing.com`;

async function failureOf(response: Response) {
  const body: unknown = await response.json().catch(() => ({}));
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (name: string) =>
    typeof fields[name] === 'string' && fields[name] !== '' ? (fields[name] as string) : undefined;
  return {
    status: response.status,
    code: text('code'),
    sqlState: text('sqlState'),
    message: text('message'),
    queryId: text('statementHandle'),
  };
}

/** Log-in tokens, made when needed and kept until they are old or refused. */
function tokenKeeper({ credentials, authentication }: SqlApiClientOptions) {
  let current: LoginToken | undefined;
  return {
    async get() {
      const login = await credentials.read();
      if (current === undefined || Date.now() >= current.renewAt) {
        current = makeLoginToken(login, authentication, Date.now());
      }
      return { ...current, accessUrl: login.accessUrl ?? accessUrlOf(login.account) };
    },
    forget() {
      current = undefined;
      credentials.forget();
    },
  };
}

type Attempt = Omit<SqlApiRequest<unknown>, 'read'>;

async function sendOnce(request: Attempt, login: LoginToken & { accessUrl: string }) {
  return fetch(new URL(`/api/v2${request.path}`, login.accessUrl), {
    method: request.method,
    signal: AbortSignal.timeout(request.timeoutMs),
    headers: {
      Accept: 'application/json',
      Authorization: `Bearer ${login.token}`,
      'Content-Type': 'application/json',
      'User-Agent': USER_AGENT,
      'X-Snowflake-Authorization-Token-Type': login.type,
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
}

async function refuse(response: Response, doing: string): Promise<never> {
  const failure = await failureOf(response);
  const error = translateSnowflakeError(failure, doing);
  if (!isWorthRetrying(failure)) throw error;
  throw new RetryableFailure(error, retryAfterMs(response.headers.get('retry-after'), Date.now()));
}

/** A broken connection as a failure that may be tried again; anything else as it is. */
function classify(error: unknown, doing: string): unknown {
  if (!isConnectionFailure(error)) return error;
  return new RetryableFailure(translateSnowflakeError({ status: 0, cause: error }, doing));
}

export function createSqlApiClient(options: SqlApiClientOptions): SqlApiClient {
  const tokens = tokenKeeper(options);
  return {
    send(request) {
      let hasRenewed = false;
      return withRetries(async () => {
        try {
          let response = await sendOnce(request, await tokens.get());
          if (response.status === 401 && !hasRenewed) {
            hasRenewed = true;
            await response.body?.cancel();
            tokens.forget();
            response = await sendOnce(request, await tokens.get());
          }
          if (!response.ok) return await refuse(response, request.doing);
          return await request.read(response);
        } catch (error) {
          throw classify(error, request.doing);
        }
      }, options.retry);
    },
  };
}

/**
 * fetch fails with a TypeError when there is no connection or it breaks, with these names when time
 * is up, and with a SyntaxError or zlib's code when an answer was cut off.
 */
const isConnectionFailure = (error: unknown): boolean =>
  error instanceof Error &&
  ((error instanceof TypeError && /fetch failed|terminated/.test(error.message)) ||
    ['TimeoutError', 'AbortError', 'SyntaxError'].includes(error.name) ||
    String((error as NodeJS.ErrnoException).code).startsWith('Z_'));

import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { StandIn } from '#local/snowflake/server.ts';
import { ownJwt } from './snowflake-client.ts';

export interface RowTypeColumn {
  readonly name: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Any body of the SQL API; which fields are there depends on the status. */
export interface SqlApiBody {
  readonly code?: string;
  readonly message?: string;
  readonly sqlState?: string;
  readonly statementHandle?: string;
  readonly statementHandles?: readonly string[];
  readonly statementStatusUrl?: string;
  readonly createdOn?: number;
  readonly stats?: Record<string, number>;
  readonly resultSetMetaData?: {
    readonly numRows: number;
    readonly format: string;
    readonly rowType: readonly RowTypeColumn[];
    readonly partitionInfo: readonly {
      readonly rowCount: number;
      readonly uncompressedSize: number;
      readonly compressedSize?: number;
    }[];
  };
  readonly data?: readonly (readonly (string | null)[])[];
}

export interface SqlApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: SqlApiBody;
}

export const jwtHeaders = (token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'x-snowflake-authorization-token-type': 'KEYPAIR_JWT',
});

export interface SqlApiClient {
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<SqlApiAnswer>;
  get(path: string, headers?: Record<string, string>): Promise<SqlApiAnswer>;
  submit(statement: string, query?: string, more?: object): Promise<SqlApiAnswer>;
  /** Submits asynchronously and asks until the statement has ended. */
  run(statement: string, more?: object): Promise<SqlApiAnswer>;
}

const STATEMENTS = '/api/v2/statements';

/** The SQL API by plain fetch, signed in with the stand-in's own key pair. */
export function sqlApiClient(standIn: StandIn, nowMs = Date.now): SqlApiClient {
  const call = async (method: string, path: string, headers: object, body?: string) => {
    const response = await fetch(`${standIn.accessUrl}${path}`, {
      method,
      headers: { accept: 'application/json', ...jwtHeaders(ownJwt(standIn, nowMs())), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as SqlApiBody);
    return { status: response.status, headers: response.headers, body: parsed };
  };
  const post: SqlApiClient['post'] = (path, body = {}, headers = {}) =>
    call('POST', path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));
  const get: SqlApiClient['get'] = (path, headers = {}) => call('GET', path, headers);
  const submit: SqlApiClient['submit'] = (statement, query = '', more = {}) =>
    post(`${STATEMENTS}${query}`, { statement, ...more });
  return {
    post,
    get,
    submit,
    async run(statement, more) {
      let answer = await submit(statement, '?async=true', more);
      const path = `${STATEMENTS}/${answer.body.statementHandle}`;
      while (answer.status === 202) {
        await new Promise((done) => setTimeout(done, 20));
        answer = await get(path);
      }
      return answer;
    },
  };
}

export interface RawAnswer {
  readonly encoding: string | undefined;
  readonly sent: Buffer;
  readonly text: string;
}

/** A GET as it comes over the wire, before anything has decompressed it. */
export const getRaw = (standIn: StandIn, path: string): Promise<RawAnswer> =>
  new Promise((done, fail) => {
    const headers = { accept: 'application/json', ...jwtHeaders(ownJwt(standIn)) };
    const sending = request(`${standIn.accessUrl}${path}`, { headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const sent = Buffer.concat(pieces);
        const encoding = response.headers['content-encoding'];
        const plain = encoding === 'gzip' ? gunzipSync(sent) : sent;
        done({ encoding, sent, text: plain.toString('utf8') });
      });
    });
    sending.on('error', fail);
    sending.end();
  });

import { createServer, type IncomingMessage, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';

/** What becomes of one request. */
export type Fate =
  | { readonly kind: 'pass' }
  /** Nobody answers any more; `before`: the server has not seen it either. */
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection breaks. */
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly type?: string;
    }
  /** The body ends too early, though the answer looks whole. */
  | { readonly kind: 'truncate' }
  /** One row of a partition is missing, though the answer is well formed. */
  | { readonly kind: 'lose_row' }
  /** One row of a partition comes twice, in the place of another; nothing else tells. */
  | { readonly kind: 'double_row' }
  /** The partition before it comes in its place. */
  | { readonly kind: 'repeat' };

export interface FaultProxy {
  readonly url: string;
  /** Decides about every request; the line is `METHOD /path x-amz-target`. */
  decide: (line: string) => Fate;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function passOn(
  target: URL,
  request: IncomingMessage,
  { body, path }: { readonly body: Buffer; readonly path: string | undefined },
): Promise<Answer> {
  return new Promise((done, fail) => {
    const { method, headers } = request;
    const { hostname, port } = target;
    const sending = sendRequest({ hostname, port, method, path, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        const { statusCode: status = 502, headers: answered } = answer;
        done({ status, headers: answered, body: Buffer.concat(chunks) });
      } catch (error) {
        fail(error);
      }
    });
    sending.on('error', fail);
    sending.end(body);
  });
}

/** The body of a partition with other rows; as it is when it is none. */
function withRows({ headers, body }: Answer, change: (rows: unknown[]) => unknown[]): Buffer {
  if (headers['content-encoding'] !== 'gzip') return body;
  const parsed = JSON.parse(gunzipSync(body).toString()) as { data?: unknown[] };
  if (!Array.isArray(parsed.data) || parsed.data.length < 2) return body;
  return gzipSync(JSON.stringify({ data: change(parsed.data) }));
}

/** A request for the partition before the one that was asked for. */
const before = (url: string | undefined) =>
  url?.replace(/partition=(\d+)/, (_, number) => `partition=${Math.max(1, Number(number) - 1)}`);

function spoil(fate: Fate, answer: Answer): Buffer {
  if (answer.status !== 200) return answer.body;
  if (fate.kind === 'truncate') return answer.body.subarray(0, answer.body.length / 2);
  if (fate.kind === 'lose_row') return withRows(answer, (rows) => rows.slice(0, -1));
  if (fate.kind === 'double_row') {
    return withRows(answer, (rows) => [...rows.slice(0, -1), rows[0]]);
  }
  return answer.body;
}

/** Stands between a process and a server, and does to each request what it is told to. */
export async function faultProxy(targetUrl: string): Promise<FaultProxy> {
  const target = new URL(targetUrl);
  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url} ${request.headers['x-amz-target'] ?? ''}`;
    const fate = proxy.decide(line);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (fate.kind === 'hang' && fate.when === 'before') return;
      if (fate.kind === 'reset') return void response.destroy();
      if (fate.kind === 'answer') {
        const type = fate.type ?? 'application/json';
        return void response.writeHead(fate.status, { 'content-type': type }).end(fate.body);
      }
      if (fate.kind === 'slow') await new Promise((done) => setTimeout(done, fate.ms));
      const answer = await passOn(target, request, {
        body: Buffer.concat(chunks),
        path: fate.kind === 'repeat' ? before(request.url) : request.url,
      });
      if (fate.kind === 'hang') return;
      const body = spoil(fate, answer);
      const headers = { ...answer.headers, 'content-length': String(body.length) };
      delete headers['transfer-encoding'];
      const isBodyless = request.method === 'HEAD' || answer.status === 204;
      response.writeHead(answer.status, isBodyless ? answer.headers : headers);
      response.end(isBodyless ? undefined : body);
    } catch {
      response.destroy();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: () => ({ kind: 'pass' }),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return proxy;
}

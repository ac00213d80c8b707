import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface FaultyAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Sends the body as it is, compressed. */
  readonly gzip?: boolean;
  /** Ends the connection after so many bytes of the body. */
  readonly cutAfter?: number;
}

export interface FaultySqlApi {
  readonly url: string;
  /** Requests so far, `METHOD path`, with the time each came. */
  readonly requests: readonly { readonly line: string; readonly at: number }[];
  close(): Promise<void>;
}

function send(response: ServerResponse, answer: FaultyAnswer): void {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
  const content = answer.gzip === true ? gzipSync(text) : Buffer.from(text);
  response.writeHead(answer.status ?? 200, {
    'content-type': 'application/json',
    ...(answer.gzip === true ? { 'content-encoding': 'gzip' } : {}),
    ...answer.headers,
  });
  if (answer.cutAfter === undefined) {
    response.end(content);
  } else {
    response.write(content.subarray(0, answer.cutAfter), () => response.destroy());
  }
}

/** A SQL API that answers one request after the other as it is told; the last answer stays. */
export async function faultySqlApi(...answers: FaultyAnswer[]): Promise<FaultySqlApi> {
  const requests: { line: string; at: number }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    request.resume();
    request.on('end', () => {
      const answer = answers[Math.min(requests.length, answers.length - 1)] ?? {};
      requests.push({ line: `${request.method} ${request.url}`, at: Date.now() });
      send(response, answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

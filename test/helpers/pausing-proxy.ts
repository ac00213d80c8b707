import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** Which request is held, and whether before the server has seen it or after it has answered. */
export interface Hold {
  /** Matches `METHOD /path x-amz-target`, the last empty for what has none. */
  readonly request: RegExp;
  readonly when: 'before' | 'after';
  /** 1 for the first that matches. */
  readonly nth?: number;
}

export interface PausingProxy {
  readonly url: string;
  /** Requests that came, as a Hold matches them. */
  readonly lines: readonly string[];
  /** Holds one request for ever; the promise ends when it is held. */
  hold(hold: Hold): Promise<string>;
  /** Forgets what is held and lets everything pass; connections of held requests are closed. */
  release(): void;
  close(): Promise<void>;
}

interface Waiting {
  readonly hold: Hold;
  readonly held: (line: string) => void;
  seen: number;
}

const lineOf = ({ method, url, headers }: IncomingMessage) =>
  `${method} ${url} ${headers['x-amz-target'] ?? ''}`;

/** Sends a request on, and gives back the server's answer. */
function passOn(target: URL, request: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((done, fail) => {
    const { method, url, headers } = request;
    const { hostname, port } = target;
    const sending = sendRequest({ hostname, port, method, path: url, headers }, done);
    sending.on('error', fail);
    request.pipe(sending);
  });
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Decides which request is held, and remembers those that are. */
function createGate() {
  const stuck = new Set<ServerResponse>();
  let waiting: Waiting | undefined;
  return {
    /** True when this is the request to hold; it is then held. */
    stops(line: string, when: Hold['when'], response: ServerResponse): boolean {
      if (waiting === undefined || waiting.hold.when !== when) return false;
      if (!waiting.hold.request.test(line)) return false;
      waiting.seen += 1;
      if (waiting.seen !== (waiting.hold.nth ?? 1)) return false;
      stuck.add(response);
      waiting.held(line);
      return true;
    },
    hold: (hold: Hold) =>
      new Promise<string>((held) => {
        waiting = { hold, held, seen: 0 };
      }),
    release() {
      waiting = undefined;
      for (const response of stuck) response.destroy();
      stuck.clear();
    },
  };
}

/** Stands between a process and a server, and can stop the process at a request of one's choice. */
export async function pausingProxy(targetUrl: string): Promise<PausingProxy> {
  const target = new URL(targetUrl);
  const gate = createGate();
  const lines: string[] = [];
  const server = createServer(async (request, response) => {
    const line = lineOf(request);
    lines.push(line);
    try {
      if (gate.stops(line, 'before', response)) return;
      const answer = await passOn(target, request);
      const body = await readAll(answer);
      if (gate.stops(line, 'after', response)) return;
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.end(body);
    } catch {
      response.destroy();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    hold: gate.hold,
    release: gate.release,
    async close() {
      gate.release();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

// The status page's address on this machine: forwards every request to the function's HTTP API at the emulator.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host']);

function forward(target: URL, incoming: IncomingMessage, response: ServerResponse): void {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name)),
  );
  const path = `${target.pathname.replace(/\/$/, '')}${incoming.url ?? '/'}`;
  const outgoing = request(
    { host: target.hostname, port: target.port, method: incoming.method, path, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  outgoing.on('error', (error) => {
    if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' });
    response.end(`The AWS emulator does not answer (${error.message}). Run snowmelt local up.`);
  });
  incoming.pipe(outgoing);
}

/** A page of another site must not read this one through a name that it points at 127.0.0.1. */
const isLocalHost = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? '');

function main(): void {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, target: { type: 'string' } },
  });
  const target = new URL(values.target ?? '');
  const server = createServer((incoming, response) => {
    if (!isLocalHost(incoming.headers.host)) {
      response.writeHead(421).end('This page is for this machine only.');
    } else if (incoming.url === '/_front-door') {
      response.end('ok');
    } else {
      forward(target, incoming, response);
    }
  });
  server.listen(Number(values.port), '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));
}

main();

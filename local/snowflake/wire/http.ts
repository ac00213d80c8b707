import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const unzip = promisify(gunzip);
const zip = promisify(gzip);

/** Below this, compressing an answer costs more than it saves. */
const SMALLEST_GZIP_BYTES = 1024;

export interface WireRequest {
  readonly method: string;
  /**
   * Without its query; runs of slashes count as one, for the Python connector asks for
   * /monitoring/queries//id.
   */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** `http://host:port` as the client addressed us. */
  readonly origin: string;
  /** The body as JSON, undefined when it is empty. Throws SyntaxError when it is something else. */
  json(): Promise<unknown>;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable;
}

export const jsonAnswer = (
  document: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer => rawJsonAnswer(JSON.stringify(document), status, headers);

/** An answer whose JSON has been put together already. */
export const rawJsonAnswer = (
  body: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer => ({ status, headers: { 'content-type': 'application/json', ...headers }, body });

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  return message.headers['content-encoding'] === 'gzip' ? unzip(body) : body;
}

/**
 * Wraps a request; the body, plain or gzip, is read once and at once, so that a refusal leaves the
 * connection usable.
 */
export async function readRequest(message: IncomingMessage): Promise<WireRequest> {
  const host = message.headers.host ?? '127.0.0.1';
  const origin = `http://${host}`;
  const url = new URL(message.url ?? '/', origin);
  const body = await readBody(message);
  return {
    method: message.method ?? 'GET',
    path: url.pathname.replaceAll(/\/{2,}/g, '/'),
    query: url.searchParams,
    headers: message.headers,
    origin,
    json: async () => (body.length === 0 ? undefined : JSON.parse(body.toString('utf8'))),
  };
}

const acceptsGzip = (message: IncomingMessage): boolean =>
  String(message.headers['accept-encoding'] ?? '').includes('gzip');

/** Sends an answer; JSON text goes compressed when `mayCompress` and the client takes gzip. */
export async function sendAnswer(
  message: IncomingMessage,
  response: ServerResponse,
  answer: WireAnswer,
  mayCompress: boolean,
): Promise<void> {
  const { status, headers, body } = answer;
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) {
    response.writeHead(status, headers);
    await pipeline(body, response);
    return;
  }
  const plain = Buffer.from(body);
  const compress =
    mayCompress &&
    plain.length >= SMALLEST_GZIP_BYTES &&
    headers['content-encoding'] === undefined &&
    acceptsGzip(message);
  const sent = compress ? await zip(plain, { level: 1 }) : plain;
  const encoding = compress ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(status, { ...headers, ...encoding, 'content-length': String(sent.length) });
  response.end(sent);
}

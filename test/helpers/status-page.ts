import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';
import { type FixtureAnswer, fixtureAnswer } from '../../web/fixture-documents.ts';

const DIST = join(import.meta.dirname, '..', '..', 'web', 'dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Answers a document instead of the recorded one; undefined leaves it as it is. */
export type Override = (path: string, query: URLSearchParams) => FixtureAnswer | undefined;

export interface StatusPage {
  readonly url: string;
  /** What the page has asked for, oldest first. */
  readonly requests: readonly string[];
  override(next: Override): void;
  close(): Promise<void>;
}

function readAsset(path: string): { type: string; body: Buffer } {
  const file = join(DIST, path);
  const isFile = path !== '/' && extname(path) !== '' && existsSync(file);
  const found = isFile ? file : join(DIST, 'index.html');
  return { type: TYPES[extname(found)] ?? 'application/octet-stream', body: readFileSync(found) };
}

/**
 * Serves web/dist as the status function does, with recorded documents in place of the platform.
 */
export async function serveStatusPage(): Promise<StatusPage> {
  let answer: Override = () => undefined;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (!url.pathname.startsWith('/api/status/')) {
      const { type, body } = readAsset(url.pathname);
      response.writeHead(200, { 'content-type': type }).end(body);
      return;
    }
    requests.push(url.pathname + url.search);
    const found = answer(url.pathname, url.searchParams);
    const { status, body } = found ?? fixtureAnswer(url.pathname, url.searchParams);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    override: (next) => {
      answer = next;
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** In one process the browser ends with its first closed page; that is meant for Lambda. */
const LAMBDA_ONLY = new Set(['--single-process', '--no-zygote']);

/** A real Chromium without a window. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args.filter((argument) => !LAMBDA_ONLY.has(argument)),
    headless: true,
  });
}

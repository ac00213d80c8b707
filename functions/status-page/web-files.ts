import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

/** Files of the web application by path below its root; null for what is not there. */
export type WebFiles = (path: string) => Promise<Uint8Array<ArrayBuffer> | null>;

/** Files of a folder; paths that would leave it are not there. */
export const folderFiles =
  (root: string): WebFiles =>
  async (path) => {
    const relative = normalize(path);
    if (relative.startsWith('..')) return null;
    try {
      return new Uint8Array(await readFile(join(root, relative)));
    } catch {
      return null;
    }
  };

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const answer = (content: BodyInit, type: string, cache: string, status = 200) =>
  new Response(content, { status, headers: { 'content-type': type, 'cache-control': cache } });

/** A file of the web application, or its index for every path that is a page; files under assets/ never change. */
export async function webResponse(files: WebFiles, path: string): Promise<Response> {
  const relative = decodeURIComponent(path).replace(/^\/+/, '');
  const extension = extname(relative);
  const type = TYPES[extension];
  if (type !== undefined && extension !== '.html') {
    const file = await files(relative);
    if (file === null) return answer('Not found.', 'text/plain', 'no-store', 404);
    const isHashed = relative.startsWith('assets/');
    return answer(file, type, isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  }
  const index = await files('index.html');
  if (index !== null) return answer(index, TYPES['.html'] ?? '', 'no-cache');
  const missing = 'The web application is not in this package: build it and deploy again.';
  return answer(missing, 'text/plain; charset=utf-8', 'no-store', 503);
}

import type { Plugin } from 'vite';
import { fixtureAnswer } from './fixture-documents.ts';

/** Answers /api/status/* from recorded documents while the page is developed. */
export const serveFixtures = (): Plugin => ({
  name: 'serve-fixtures',
  apply: 'serve',
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      if (!url.pathname.startsWith('/api/status/')) return next();
      const { status, body } = fixtureAnswer(url.pathname, url.searchParams);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  },
});

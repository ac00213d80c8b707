import { defineConfig } from 'vite';
import { serveFixtures } from './serve-fixtures.ts';

/**
 * The status page. `vite web` develops it on recorded documents; `vite build web` makes web/dist.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [serveFixtures()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', sourcemap: true },
  server: { host: '127.0.0.1' },
});

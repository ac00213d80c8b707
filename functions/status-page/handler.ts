import { handle } from 'hono/aws-lambda';
import type { Log } from '#src/runtime/log.ts';
import type { StatusDeps } from '#src/status/status-deps.ts';
import { createApp } from './app.ts';
import type { WebFiles } from './web-files.ts';

/** Serves the status page behind an HTTP API. */
export const createHandler = (deps: StatusDeps, files: WebFiles, log: Log) =>
  handle(createApp(deps, files, log));

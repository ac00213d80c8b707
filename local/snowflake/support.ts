import { queryRoutes } from './wire/query-routes.ts';
import type { Route } from './wire/routes.ts';
import { sessionRoutes } from './wire/session-routes.ts';
import { statementRoutes } from './wire/sql-api/statement-routes.ts';

export interface SupportedFeature {
  readonly area: string;
  readonly feature: string;
  readonly isSupported: boolean;
  /** What a client meets, where it is not supported. */
  readonly note?: string;
}

const served = (area: string, routes: readonly Route[]): readonly SupportedFeature[] =>
  [...new Set(routes.map(({ feature }) => feature))].map((feature) => ({
    area,
    feature,
    isSupported: true,
  }));

const missing = (area: string, feature: string, note: string): SupportedFeature => ({
  area,
  feature,
  isSupported: false,
  note,
});

const DRIVER = 'Driver protocol';
const SQL_API = 'SQL API';

/** What the stand-in serves, from the tables by which they dispatch, and what they refuse. */
export const standInSupport = (): readonly SupportedFeature[] => [
  ...served(DRIVER, [...sessionRoutes, ...queryRoutes]),
  missing(DRIVER, 'results in Arrow', 'results are JSON, which every driver takes'),
  missing(DRIVER, 'log-in by OAuth, SSO, MFA, workload identity', 'refused with 390303 or 390139'),
  missing(DRIVER, 'binds from a stage', 'refused; the announced threshold keeps drivers from it'),
  missing(DRIVER, 'PUT and GET of files', 'refused as an unsupported statement'),
  ...served(SQL_API, statementRoutes),
  missing(SQL_API, 'OAuth and workload identity tokens', 'refused with 401'),
  missing('Snowpipe', 'insertFiles, insertReport', 'answered 404, naming the route'),
  missing('Snowpipe Streaming', 'channels and rows', 'answered 404, naming the route'),
];

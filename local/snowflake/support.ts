import {
  accountUsageSupport,
  informationSchemaSupport,
  parameterSupport,
  type StatementSupport,
  statementSupport,
} from './session/statement-support.ts';
import { SYSTEM_FUNCTIONS } from './session/system-functions.ts';
import { FAMILIES } from './sql/functions/registry.ts';
import { REFUSED_CLAUSES, supported } from './sql/support.ts';
import { travelSupport } from './versions/travel-support.ts';
import { queryRoutes } from './wire/query-routes.ts';
import type { Route } from './wire/routes.ts';
import { sessionRoutes } from './wire/session-routes.ts';
import { statementRoutes } from './wire/sql-api/statement-routes.ts';

export interface SupportedFeature {
  readonly area: string;
  readonly feature: string;
  readonly isSupported: boolean;
  /** What a client meets where it is not supported, or what differs from Snowflake. */
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

const within =
  (area: string) =>
  (support: StatementSupport): SupportedFeature => ({ area, ...support });

const DRIVER = 'Driver protocol';
const SQL_API = 'SQL API';

const doorSupport = (): readonly SupportedFeature[] => [
  ...served(DRIVER, [...sessionRoutes, ...queryRoutes]),
  missing(DRIVER, 'log-in by OAuth, SSO, MFA, workload identity', 'refused with 390303 or 390139'),
  missing(DRIVER, 'binds from a stage', 'refused; the announced threshold keeps drivers from it'),
  ...served(SQL_API, statementRoutes),
  missing(SQL_API, 'OAuth and workload identity tokens', 'refused with 401'),
  missing('Snowpipe', 'insertFiles, insertReport', 'answered 404, naming the route'),
  missing('Snowpipe Streaming', 'channels and rows', 'answered 404, naming the route'),
];

const engineSupport = (): readonly SupportedFeature[] => [
  ...statementSupport().map(within('Statements')),
  ...informationSchemaSupport().map(within('INFORMATION_SCHEMA')),
  ...accountUsageSupport().map(within('SNOWFLAKE.ACCOUNT_USAGE')),
  ...travelSupport().map(within('Time Travel and changes')),
  ...parameterSupport().map(within('Session parameters')),
];

const functionSupport = (): readonly SupportedFeature[] =>
  FAMILIES.flatMap(({ name, functions }) =>
    Object.entries(functions).map(([feature, { note }]) => ({
      area: `Functions: ${name}`,
      feature,
      isSupported: true,
      ...(note === undefined ? {} : { note }),
    })),
  );

const systemFunctionSupport = (): readonly SupportedFeature[] =>
  Object.keys(SYSTEM_FUNCTIONS).map((feature) => ({
    area: 'Functions: of the engine',
    feature,
    isSupported: true,
  }));

const AREAS = {
  clause: 'Clauses of queries',
  type: 'Types',
  'table function': 'Table functions',
} as const;

const querySupport = (): readonly SupportedFeature[] => [
  ...supported().flatMap(({ kind, name, note }) => {
    if (kind === 'statement' || kind === 'function') return [];
    const feature = { area: AREAS[kind], feature: name, isSupported: true };
    return [note === undefined ? feature : { ...feature, note }];
  }),
  ...REFUSED_CLAUSES.map((name) => missing(AREAS.clause, name, 'refused')),
];

/** What the stand-in supports, from the tables by which it dispatches, and what it refuses. */
export const standInSupport = (): readonly SupportedFeature[] => [
  ...doorSupport(),
  ...engineSupport(),
  ...querySupport(),
  ...functionSupport(),
  ...systemFunctionSupport(),
];

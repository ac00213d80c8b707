import { z } from 'zod';
import { refusal } from '../auth/auth-error.ts';
import type { StoredUser, Users } from '../auth/users.ts';
import type { EngineSession } from '../statement.ts';
import type { Door } from './door.ts';
import { clientParameters, success } from './driver-answers.ts';
import type { DriverSession } from './driver-sessions.ts';
import type { WireAnswer, WireRequest } from './http.ts';
import { quoted } from './identifier.ts';
import type { Handler, Route } from './routes.ts';

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

const LoginRequest = z.object({
  data: z.object({
    AUTHENTICATOR: z.string().nullish(),
    CLIENT_APP_ID: z.string().nullish(),
    LOGIN_NAME: z.string().nullish(),
    PASSWORD: z.string().nullish(),
    TOKEN: z.string().nullish(),
    SESSION_PARAMETERS: z.record(z.string(), z.unknown()).nullish(),
  }),
});
type LoginData = z.infer<typeof LoginRequest>['data'];

function authenticate(users: Users, data: LoginData): StoredUser {
  const name = data.LOGIN_NAME ?? '';
  const secret = data.TOKEN ?? data.PASSWORD ?? '';
  const authenticator = (data.AUTHENTICATOR ?? 'SNOWFLAKE').toUpperCase();
  switch (authenticator) {
    case 'SNOWFLAKE':
      return users.byPassword(name, data.PASSWORD ?? '');
    case 'SNOWFLAKE_JWT':
      return users.byJwt(secret, name);
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      return users.byPat(secret, name);
    case 'OAUTH':
      throw refusal.oauth();
    default:
      throw refusal.authenticator(authenticator);
  }
}

/** Session parameters of the log-in, without nulls and lists. */
const scalars = (parameters: Record<string, unknown>): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => {
      const scalar = Scalar.safeParse(value);
      return scalar.success ? [[name.toUpperCase(), scalar.data] as const] : [];
    }),
  );

async function openEngineSession(
  door: Door,
  user: StoredUser,
  query: URLSearchParams,
  { CLIENT_APP_ID: client, SESSION_PARAMETERS: parameters }: LoginData,
): Promise<EngineSession> {
  const { defaults } = user;
  const asked = (name: string, fallback: string): string => query.get(name) || quoted(fallback);
  return door.engine.openSession({
    user: user.name,
    client: client ?? undefined,
    database: asked('databaseName', defaults.database),
    schema: asked('schemaName', defaults.schema),
    warehouse: asked('warehouse', defaults.warehouse),
    role: asked('roleName', defaults.role),
    parameters: scalars(parameters ?? {}),
  });
}

function loginAnswer(door: Door, session: DriverSession): WireAnswer {
  const { context } = session.engine;
  return success({
    token: session.token,
    masterToken: session.masterToken,
    validityInSeconds: door.limits.sessionSeconds,
    masterValidityInSeconds: door.limits.masterSeconds,
    displayUserName: session.user.name,
    serverVersion: '9.0.0',
    firstLogin: false,
    remMeToken: null,
    remMeValidityInSeconds: 0,
    healthCheckInterval: 45,
    newClientForUpgrade: null,
    sessionId: session.id,
    parameters: clientParameters(session.engine.parameters()),
    sessionInfo: {
      databaseName: context.database,
      schemaName: context.schema,
      warehouseName: context.warehouse,
      roleName: context.role,
    },
    idToken: null,
    idTokenValidityInSeconds: 0,
    responseData: null,
    mfaToken: null,
    mfaTokenValidityInSeconds: 0,
  });
}

async function logIn(door: Door, request: WireRequest): Promise<WireAnswer> {
  const { data } = LoginRequest.parse(await request.json());
  const user = authenticate(door.users, data);
  const engine = await openEngineSession(door, user, request.query, data);
  return loginAnswer(door, door.sessions.open(user, engine));
}

async function renew(door: Door, request: WireRequest): Promise<WireAnswer> {
  const session = door.sessions.renew(request.headers.authorization);
  return success({
    sessionToken: session.token,
    validityInSecondsST: door.limits.sessionSeconds,
    masterToken: session.masterToken,
    validityInSecondsMT: door.limits.masterSeconds,
    sessionId: session.id,
  });
}

async function beat(door: Door, request: WireRequest): Promise<WireAnswer> {
  door.sessions.touch(door.sessions.of(request.headers.authorization));
  return success(null);
}

async function logOut(door: Door, request: WireRequest): Promise<WireAnswer> {
  door.sessions.close(door.sessions.of(request.headers.authorization));
  return success(null);
}

const swallow: Handler = async () => success('Log Received');

/** Log-in, renewal, heartbeat, log-out and telemetry of the driver protocol. */
export const sessionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/session/v1/login-request',
    feature: 'log-in by password, key pair and programmatic access token',
    handle: logIn,
  },
  {
    method: 'POST',
    path: '/session/token-request',
    feature: 'renewal of session tokens',
    handle: renew,
  },
  {
    method: 'POST',
    path: '/session/heartbeat',
    feature: 'heartbeats and sessions that run out',
    handle: beat,
  },
  { method: 'POST', path: '/session', feature: 'log-out', handle: logOut },
  {
    method: 'POST',
    path: '/telemetry/send',
    feature: 'telemetry, answered and thrown away',
    handle: swallow,
  },
  {
    method: 'POST',
    path: '/telemetry/send/sessionless',
    feature: 'telemetry, answered and thrown away',
    handle: swallow,
  },
];

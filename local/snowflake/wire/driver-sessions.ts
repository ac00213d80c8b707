import { randomBytes } from 'node:crypto';
import type { StoredUser } from '../auth/users.ts';
import type { EngineSession } from '../statement.ts';

/**
 * A request without a usable session. HTTP 401 for 390104, 200 for the rest, as the drivers expect
 * it.
 */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 200) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const sessionError = {
  unknown: () => new SessionError('390104', 'Session token was invalid. New login required.', 401),
  expired: () => new SessionError('390112', 'Your session has expired. Please login again.'),
  unknownMaster: () =>
    new SessionError('390113', 'Master token not found. Must login again to access the service.'),
  expiredMaster: () =>
    new SessionError(
      '390114',
      'Authentication token has expired.  The user must authenticate again.',
    ),
};

export interface DriverSession {
  readonly id: number;
  readonly user: StoredUser;
  readonly engine: EngineSession;
  token: string;
  masterToken: string;
  tokenEndsAtMs: number;
  masterEndsAtMs: number;
  /** The last statement in the session's queue; the next one waits for it. */
  tail: Promise<unknown>;
}

export interface DriverSessionsOptions {
  readonly sessionSeconds: number;
  readonly masterSeconds: number;
  nowMs(): number;
}

const newToken = (kind: string): string => `${kind}-${randomBytes(48).toString('base64url')}`;

/** Token of `Authorization: Snowflake Token="…"`. */
const tokenOf = (authorization: string | undefined): string | undefined =>
  /^Snowflake Token="(?<token>[^"]+)"$/.exec(authorization ?? '')?.groups?.token;

/** The sessions that drivers have opened. */
export class DriverSessions {
  readonly #options: DriverSessionsOptions;
  readonly #sessions = new Set<DriverSession>();
  readonly #closing = new Set<Promise<void>>();
  #nextId = 1;

  constructor(options: DriverSessionsOptions) {
    this.#options = options;
  }

  open(user: StoredUser, engine: EngineSession): DriverSession {
    const session: DriverSession = {
      id: this.#nextId++,
      user,
      engine,
      token: '',
      masterToken: '',
      tokenEndsAtMs: 0,
      masterEndsAtMs: 0,
      tail: Promise.resolve(),
    };
    this.#issueTokens(session);
    this.#sessions.add(session);
    return session;
  }

  /**
   * The session of a request. Throws 390104 for an unknown token, 390112 for one that has run out.
   */
  of(authorization: string | undefined): DriverSession {
    const token = tokenOf(authorization);
    const session = this.#find((candidate) => candidate.token === token);
    if (session === undefined) throw sessionError.unknown();
    if (session.tokenEndsAtMs <= this.#options.nowMs()) throw sessionError.expired();
    return session;
  }

  /** New tokens for a session whose token has run out. Throws 390113 and 390114. */
  renew(authorization: string | undefined): DriverSession {
    const token = tokenOf(authorization);
    const session = this.#find((candidate) => candidate.masterToken === token);
    if (session === undefined) throw sessionError.unknownMaster();
    if (session.masterEndsAtMs <= this.#options.nowMs()) throw sessionError.expiredMaster();
    this.#issueTokens(session);
    return session;
  }

  /** A heartbeat keeps the master token alive. */
  touch(session: DriverSession): void {
    session.masterEndsAtMs = this.#options.nowMs() + this.#options.masterSeconds * 1000;
  }

  /** Ends a session for its client at once; the engine's part ends when its statements have. */
  close(session: DriverSession): void {
    this.#sessions.delete(session);
    const closing = session.tail
      .then(() => session.engine.close())
      .catch(() => undefined)
      .then(() => {
        this.#closing.delete(closing);
      });
    this.#closing.add(closing);
  }

  /** Closes what nobody can use any more. */
  sweep(): void {
    const now = this.#options.nowMs();
    for (const session of this.#sessions) if (session.masterEndsAtMs <= now) this.close(session);
  }

  async closeAll(): Promise<void> {
    for (const session of this.#sessions) this.close(session);
    await Promise.allSettled(this.#closing);
  }

  #find(matches: (session: DriverSession) => boolean): DriverSession | undefined {
    return [...this.#sessions].find(matches);
  }

  #issueTokens(session: DriverSession): void {
    const now = this.#options.nowMs();
    session.token = newToken('session');
    session.masterToken = newToken('master');
    session.tokenEndsAtMs = now + this.#options.sessionSeconds * 1000;
    session.masterEndsAtMs = now + this.#options.masterSeconds * 1000;
  }
}

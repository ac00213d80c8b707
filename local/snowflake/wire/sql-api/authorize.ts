import { refusal } from '../../auth/auth-error.ts';
import { looksLikeJwt } from '../../auth/key-pair-jwt.ts';
import type { StoredUser, Users } from '../../auth/users.ts';
import type { WireRequest } from '../http.ts';

const bearer = (authorization: string | undefined): string | undefined =>
  /^Bearer\s+(?<token>\S+)$/i.exec(authorization ?? '')?.groups?.token;

/**
 * The user of a request's token. Without X-Snowflake-Authorization-Token-Type the token's own form
 * tells its kind. Throws AuthError, to be answered 401.
 * https://docs.snowflake.com/en/developer-guide/sql-api/authenticating
 */
export function authorize(users: Users, { headers }: WireRequest): StoredUser {
  const token = bearer(headers.authorization);
  if (token === undefined) throw refusal.noHeader();
  const named = headers['x-snowflake-authorization-token-type'];
  const kind =
    named === undefined
      ? looksLikeJwt(token)
        ? 'KEYPAIR_JWT'
        : 'PROGRAMMATIC_ACCESS_TOKEN'
      : String(named).toUpperCase();
  switch (kind) {
    case 'KEYPAIR_JWT':
      return users.byJwt(token);
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      return users.byPat(token);
    case 'OAUTH':
      throw refusal.oauth();
    default:
      throw refusal.authenticator(kind);
  }
}

import { randomUUID } from 'node:crypto';

/** A refused log-in or request, with the code that Snowflake answers. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export const refusal = {
  password: () => new AuthError('390100', 'Incorrect username or password was specified.'),
  jwt: () => new AuthError('390144', `JWT token is invalid. [${randomUUID()}]`),
  pat: () => new AuthError('394400', 'Programmatic access token is invalid.'),
  oauth: () => new AuthError('390303', 'Invalid OAuth access token.'),
  noHeader: () => new AuthError('390101', 'Authorization header not found in the request data.'),
  authenticator: (name: string) =>
    new AuthError(
      '390139',
      `The specified authenticator is not accepted: ${name}. ` +
        'Use a password, SNOWFLAKE_JWT or PROGRAMMATIC_ACCESS_TOKEN with the stand-in.',
    ),
};

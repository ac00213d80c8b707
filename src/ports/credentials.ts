/** How to log in at Snowflake. Values never leave memory. */
export interface SnowflakeCredentials {
  readonly account: string;
  /** Absent: derived from the account. */
  readonly accessUrl?: string | undefined;
  readonly user: string;
  /** PEM, PKCS 8, not encrypted. */
  readonly privateKey?: string | undefined;
  /** Programmatic access token. */
  readonly pat?: string | undefined;
}

/** Where the log-in is kept. */
export interface CredentialsSource {
  /** The log-in; read once and remembered. */
  read(): Promise<SnowflakeCredentials>;
  /** Forgets it, so that the next read sees a rotated one. */
  forget(): void;
}

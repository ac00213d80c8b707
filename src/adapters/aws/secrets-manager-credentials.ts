import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { TerminalError } from '../../errors.ts';
import type { CredentialsSource, SnowflakeCredentials } from '../../ports/credentials.ts';
import { callAws } from './translate-error.ts';

export interface SecretsManagerCredentialsOptions {
  readonly secretArn: string;
  readonly client?: SecretsManagerClient;
}

const Secret = z.object({
  account: z.string().min(1),
  accessUrl: z.url().optional(),
  user: z.string().min(1),
  privateKey: z.string().min(1).optional(),
  pat: z.string().min(1).optional(),
});

/** The value itself must not reach a message, so that only names of fields are told. */
function parseSecret(text: string | undefined): SnowflakeCredentials {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    value = undefined;
  }
  const parsed = Secret.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole value');
  throw new TerminalError(
    `Cannot read the Snowflake secret: ${fields.join(', ')} missing or malformed. ` +
      'Put a JSON object {account, accessUrl?, user, privateKey or pat} into it.',
    { code: 'CONFIG_INVALID', details: { fields } },
  );
}

/**
 * The Snowflake log-in from Secrets Manager, fetched at first use. `read` throws CONFIG_INVALID for
 * a malformed value.
 */
export function secretsManagerCredentials({
  secretArn,
  client = new SecretsManagerClient(),
}: SecretsManagerCredentialsOptions): CredentialsSource {
  let reading: Promise<SnowflakeCredentials> | undefined;
  const fetchSecret = async () => {
    const answer = await callAws('read the Snowflake secret', () =>
      client.send(new GetSecretValueCommand({ SecretId: secretArn })),
    );
    return parseSecret(answer.SecretString);
  };
  const forget = () => {
    reading = undefined;
  };
  return {
    forget,
    read() {
      reading ??= fetchSecret().catch((error) => {
        forget();
        throw error;
      });
      return reading;
    },
  };
}

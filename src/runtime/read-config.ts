import { z } from 'zod';
import { TerminalError } from '../errors.ts';

/** Variables every function has, from provider.environment in serverless.yml. */
export const sharedConfig = {
  STAGE: z.string().min(1).default('local').describe('stage of the stack'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('least important lines that are written'),
};

/**
 * Reads and checks the variables a function needs; the only reader of process.env.
 *
 * @throws TerminalError CONFIG_INVALID that lists every missing or malformed variable
 */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>> = process.env,
): z.output<Schema> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'environment'} (${issue.message})`,
  );
  throw new TerminalError(
    `Cannot start the function: its environment is incomplete: ${problems.join('; ')}. ` +
      'Set these variables in its function.yml.',
    { code: 'CONFIG_INVALID', details: { problems } },
  );
}

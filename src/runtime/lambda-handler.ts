import type { z } from 'zod';
import { isSnowmeltError, TerminalError } from '../errors.ts';
import { createLog, describeError, type Log } from './log.ts';

export interface LambdaHandlerOptions<Schema extends z.ZodType> {
  /** One word of the vocabulary: extract, check, orchestrate, … */
  readonly stage: string;
  readonly schema: Schema;
  readonly log?: Log;
}

/** The part of a function's context that we use. */
export interface Invocation {
  /** Milliseconds until the function is stopped; without end where nothing stops it. */
  remainingMs(): number;
}

interface LambdaContext {
  getRemainingTimeInMillis?: () => number;
}

/** Fields of an event that name its run, put on every log line. */
const RUN_FIELDS = ['runId', 'pipeline', 'query', 'step'] as const;

function runFields(event: unknown): Record<string, unknown> {
  if (typeof event !== 'object' || event === null) return {};
  const fields = event as Record<string, unknown>;
  return Object.fromEntries(
    RUN_FIELDS.filter((name) => typeof fields[name] === 'string').map((n) => [n, fields[n]]),
  );
}

function parseEvent<Schema extends z.ZodType>(schema: Schema, event: unknown): z.output<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`,
  );
  throw new TerminalError(
    `Cannot read the event: ${problems.join('; ')}. Send an event of the documented shape.`,
    { code: 'EVENT_INVALID', details: { problems } },
  );
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'unknown error');

/**
 * Makes the handler of a function that Step Functions, a schedule or a rule invokes: the event is
 * checked, what it returns is returned, and an error is logged with its code and thrown, named as
 * Step Functions matches it.
 *
 * @throws TransientError or TerminalError, never another: what is unknown becomes TerminalError
 *   UNEXPECTED
 */
export function lambdaHandler<Schema extends z.ZodType, Result>(
  options: LambdaHandlerOptions<Schema>,
  run: (event: z.output<Schema>, log: Log, invocation: Invocation) => Promise<Result>,
): (event: unknown, context?: LambdaContext) => Promise<Result> {
  return async (event, context) => {
    const remainingMs = () => context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
    const log = (options.log ?? createLog()).with({ stage: options.stage, ...runFields(event) });
    const startedAt = performance.now();
    try {
      const result = await run(parseEvent(options.schema, event), log, { remainingMs });
      log.info('done', { milliseconds: Math.round(performance.now() - startedAt) });
      return result;
    } catch (error) {
      log.error('failed', describeError(error));
      if (isSnowmeltError(error)) throw error;
      throw new TerminalError(
        `Cannot finish the ${options.stage} step: ${nameOf(error)}. ` +
          'Read the log line of this run; it is a fault of the program.',
        { code: 'UNEXPECTED', cause: error },
      );
    }
  };
}

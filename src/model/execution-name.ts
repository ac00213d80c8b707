import { createHash } from 'node:crypto';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const MAX_LENGTH = 80;

/**
 * Name of an execution, made of its parts. The same parts always give the same name, so that starting twice is
 * starting once; a name that is too long keeps its start and gets a hash of the whole.
 */
export function executionName(...parts: readonly string[]): string {
  const name = parts.join('-').replaceAll(/[^A-Za-z0-9_-]/g, '_');
  if (name.length <= MAX_LENGTH) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_LENGTH - 9)}-${hash}`;
}

import { SnowflakeError } from '../../statement.ts';
import { syntaxError } from '../errors.ts';
import type { Node } from './node.ts';
import { type Normalized, sourceOffset } from './normalized.ts';

/** The one place that knows the parser. */
type Polyglot = typeof import('@polyglot-sql/sdk');

export type Parse = (normalized: Normalized) => Node;

function parseError(normalized: Normalized, start: number | undefined): SnowflakeError {
  const { source, text } = normalized;
  if (start === undefined || start >= text.trimEnd().length) {
    return syntaxError(source, source.length, '');
  }
  const at = sourceOffset(normalized, start);
  const word = /^(?:"[^"]*"|'[^']*'|[\w$]+|\S)/.exec(source.slice(at))?.[0] ?? '';
  return syntaxError(source, at, word);
}

/**
 * Loads the parser (WebAssembly, a third of a second) and gives the function that parses one
 * statement. The function throws SnowflakeError 001003.
 */
export async function loadParser(): Promise<Parse> {
  const polyglot: Polyglot = await import('@polyglot-sql/sdk');
  return (normalized) => {
    const result = polyglot.parse(normalized.text, polyglot.Dialect.Snowflake);
    if (!result.success) {
      throw parseError(normalized, (result as { errorStart?: number }).errorStart);
    }
    const statements = result.ast as unknown as Node[];
    const [statement] = statements;
    if (statement && statements.length === 1) return statement;
    throw new SnowflakeError('000900', '42601', 'SQL compilation error:\nEmpty SQL statement.');
  };
}

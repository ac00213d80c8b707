import type { TableObject } from '../../catalog/model.ts';
import { compilationError } from '../../sql/errors.ts';
import type { SessionState } from '../session-state.ts';

/** https://docs.snowflake.com/en/user-guide/data-time-travel#data-retention-period */
const MOST_DAYS = { permanent: 90, transient: 1, temporary: 1 } as const;

/** @throws SnowflakeError 001008 for days that a table of the kind cannot have. */
export function checkRetention(persistence: TableObject['persistence'], days: number): number {
  if (days >= 0 && days <= MOST_DAYS[persistence]) return days;
  throw compilationError(
    '001008',
    '22023',
    `invalid value [${days}] for parameter 'DATA_RETENTION_TIME_IN_DAYS'`,
  );
}

/** Days that a table keeps its past: those it was given, otherwise those of its schema. */
export function retentionOf(
  { engine }: SessionState,
  { database, schema, persistence }: Pick<TableObject, 'database' | 'schema' | 'persistence'>,
  given: number | null,
): number {
  if (given !== null) return checkRetention(persistence, given);
  const found = engine.catalog.find('SCHEMA', { database, schema: null, name: schema ?? '' });
  return Math.min(found?.retentionDays ?? 1, MOST_DAYS[persistence]);
}

import { SnowflakeError } from '../statement.ts';
import type { StatementScope } from './scope.ts';
import type { Work } from './transaction.ts';

/** A translation depends on data that has to be looked up first. */
export class NeedsLookUp extends SnowflakeError {
  readonly sql: string;

  constructor(sql: string) {
    super(
      '000002',
      '0A000',
      "Unsupported feature 'PIVOT by values of the data, outside of queries and DML'. The local " +
        'Snowflake stand-in does not have it; name the values.',
    );
    this.sql = sql;
  }
}

/**
 * Translates a statement; where the translation depends on data, as PIVOT … IN (ANY) does, it looks
 * them up and translates again.
 */
export async function translateWithData<T>(
  scope: StatementScope,
  work: Pick<Work, 'run' | 'rows'>,
  translate: () => T,
): Promise<T> {
  for (;;) {
    try {
      return translate();
    } catch (error) {
      if (!(error instanceof NeedsLookUp)) throw error;
      await scope.prepare(work);
      const rows = await work.rows(error.sql);
      scope.offerLookUp(
        error.sql,
        rows.map((row) => String(Object.values(row)[0])),
      );
    }
  }
}

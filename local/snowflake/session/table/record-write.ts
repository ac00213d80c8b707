import { touchSql } from '../../catalog/catalog-table.ts';
import type { TableObject } from '../../catalog/model.ts';
import { duckdbName } from '../../catalog/names.ts';
import type { Statement } from '../answer.ts';
import type { SessionState } from '../session-state.ts';
import type { Work } from '../transaction.ts';

/**
 * What every statement does that has changed the rows of tables, in its transaction: the row counts
 * and times that INFORMATION_SCHEMA shows, and the version that Time Travel and streams see. Rows
 * that it changed or deleted must have been kept before, by `recorder.keepRows` under the same
 * version; rows that it inserted need nothing.
 */
export async function recordWrite(
  session: SessionState,
  statement: Pick<Statement, 'queryId' | 'now'>,
  work: Work,
  tables: readonly TableObject[],
  version = session.recorder.next(),
): Promise<void> {
  const shared = tables.filter((table) => !session.isTemporary(table));
  for (const table of new Set(shared)) {
    await work.run(touchSql(table.id, duckdbName(table), statement.now));
    await session.recorder.record(work, table, version, statement.queryId);
  }
}

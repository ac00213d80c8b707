import { displayObject, quote } from '../../catalog/names.ts';
import { compilationError } from '../../sql/errors.ts';
import type { Handler } from '../answer.ts';
import { alreadyExists, changeCatalog, refuseCaseTwin } from '../change-catalog.ts';
import { droppedTableName } from '../table/table-sql.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * UNDROP TABLE: the table of that name that was dropped or replaced last, within its retention.
 * https://docs.snowflake.com/en/sql-reference/sql/undrop-table
 */
export const undropTable: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('UNDROP', 'TABLE');
  const parts = reader.name();
  reader.expectEnd();
  return changeCatalog(session, statement, async (work) => {
    const name = session.requireName(parts, 'UNDROP TABLE');
    const dropped = session.engine.versions.dropped.findLast(({ table, droppedAt }) => {
      const isNamed = displayObject(table) === displayObject(name);
      return isNamed && statement.now.getTime() - droppedAt <= table.retentionDays * DAY_MS;
    });
    if (!dropped) {
      throw compilationError(
        '002003',
        '42S02',
        `Table '${displayObject(name)}' did not exist or was purged.`,
      );
    }
    const { table } = dropped;
    if (session.engine.catalog.named(name)) throw alreadyExists(name);
    refuseCaseTwin(session, 'TABLE', name);
    await work.run(`ALTER TABLE ${droppedTableName(table)} RENAME TO ${quote(table.name)}`);
    await work.run(`DELETE FROM _sf.dropped_tables WHERE table_id = ${table.id}`);
    return { put: [table], message: `Table ${table.name} successfully restored.` };
  });
};

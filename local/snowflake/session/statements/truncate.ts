import { forgetLoadsSql } from '../../copy/load-history.ts';
import type { Handler } from '../answer.ts';
import { changeCatalog } from '../change-catalog.ts';
import { physicalName } from '../scope.ts';
import { missingObject } from '../session-state.ts';

/** TRUNCATE [TABLE] [IF EXISTS] name. */
export const truncate: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('TRUNCATE');
  reader.accept('TABLE');
  const ifExists = reader.accept('IF', 'EXISTS');
  const parts = reader.name();
  reader.expectEnd();
  return changeCatalog(session, statement, async (work) => {
    const message = 'Statement executed successfully.';
    const found = session.findRelation(parts);
    if (!found && ifExists) return { message };
    if (found?.kind !== 'TABLE') throw missingObject(session, 'Table', parts);
    const { recorder } = session;
    const version = recorder.next();
    const all = { from: `FROM ${physicalName(found)} AS _sf_t`, alias: '_sf_t' };
    await recorder.keepRows(work, found, all, version);
    await work.run(`DELETE FROM ${physicalName(found)}`);
    await work.run(forgetLoadsSql(found.id));
    await recorder.record(work, found, version, statement.queryId);
    return { put: [{ ...found, alteredAt: statement.now }], message };
  });
};

import type { TableObject } from '../../catalog/model.ts';
import { quote } from '../../catalog/names.ts';
import { unsupported } from '../../sql/errors.ts';
import type { ScopeColumn } from '../../sql/scope.ts';
import type { DmlCount, DmlStep, TranslatedDml } from '../../sql/translate.ts';
import { INTEGER } from '../../sql/types/names.ts';
import { consumeStreams } from '../../stream/consume-streams.ts';
import { answerColumns, answerRows, type Handler, STATEMENT_TYPE } from '../answer.ts';
import { writeOptions } from '../change-catalog.ts';
import { preparePoints, prepareRelations } from '../prepare-relations.ts';
import { physicalName, StatementScope } from '../scope.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { recordWrite } from '../table/record-write.ts';
import { clockSql } from '../table/table-columns.ts';
import type { Work } from '../transaction.ts';
import { translateWithData } from '../translate-with-data.ts';
import { requireWarehouse } from './query.ts';

const TYPE_IDS: Readonly<Record<TranslatedDml['kind'], number>> = {
  insert: STATEMENT_TYPE.insert,
  update: STATEMENT_TYPE.update,
  delete: STATEMENT_TYPE.delete,
  merge: STATEMENT_TYPE.merge,
  'multi-insert': STATEMENT_TYPE.multiInsert,
};

/** Functions whose second run gives other values than the first. */
const VOLATILE = /\b(?:random|uuid|gen_random_uuid|nextval|setseed)\s*\(/i;

/** Rows that one step changed, by merge action; '' is all of them. */
type Counts = ReadonlyMap<string, number>;

/** INSERT, UPDATE, DELETE and MERGE: all steps or none. */
export const dml: Handler = async (session, statement) => {
  const { engine, transaction, parameters } = session;
  const scope = new StatementScope(session, { now: statement.now });
  if (statement.describeOnly) {
    await preparePoints(session, statement.sql, scope, session.connection);
    const translated = engine.translator.translateDml(statement.sql, scope);
    return answerColumns(TYPE_IDS[translated.kind], countColumns(translated.counts));
  }
  if (parameters.get('AUTOCOMMIT') === false) transaction.begin();
  let isVolatile = false;
  const options = {
    ...writeOptions(session, statement),
    get isVolatile() {
      return isVolatile;
    },
  };
  return transaction.write(options, async (work) => {
    await prepareRelations(session, statement, scope, work);
    const translated = await translateWithData(scope, work, () =>
      engine.translator.translateDml(statement.sql, scope),
    );
    requireWarehouse(session, scope);
    const tables = targetTables(session, translated);
    isVolatile = isUnrepeatable(translated, tables);
    await scope.prepare(work);
    for (const sql of clockSql(statement.now, String(parameters.get('TIMEZONE')))) {
      await work.run(sql);
    }
    const keep = keeper(session, work, tables);
    const row = await runSteps(work, translated, keep.rows);
    await recordWrite(session, statement, work, tables, keep.version);
    await consumeStreams(session, statement, work, scope.streams);
    const columns = countColumns(translated.counts);
    return answerRows(session, statement, TYPE_IDS[translated.kind], columns, [row]);
  });
};

function countColumns(counts: readonly DmlCount[]): ScopeColumn[] {
  return counts.map(({ column }) => ({ name: column, type: INTEGER, nullable: false }));
}

function targetTables(session: SessionState, { targets }: TranslatedDml): TableObject[] {
  return targets.map((parts) => {
    const found = session.findRelation(parts);
    if (!found) throw missingObject(session, 'Object', parts);
    if (found.kind === 'VIEW') throw unsupported(`DML on view ${parts.join('.')}`);
    return found;
  });
}

function isUnrepeatable({ steps }: TranslatedDml, tables: readonly TableObject[]): boolean {
  return isNumbered(tables) || steps.some(({ sql }) => VOLATILE.test(sql));
}

/** Whether inserting into the tables gives other values when it is done again. */
export function isNumbered(tables: readonly TableObject[]): boolean {
  return tables.some(({ columns }) =>
    columns.some(
      ({ identity, defaultSql }) => identity !== null || VOLATILE.test(defaultSql ?? ''),
    ),
  );
}

/** Keeps the first target's rows that a step is about to change, all of them where it may be any. */
function keeper(session: SessionState, work: Work, [table]: readonly TableObject[]) {
  const { recorder } = session;
  const version = recorder.next();
  return {
    version,
    rows: async ({ sql, dooms }: DmlStep) => {
      if (!dooms || !table) return;
      const { alias } = dooms;
      const all = `FROM ${physicalName(table)} AS ${quote(alias)}`;
      const from = VOLATILE.test(sql) ? all : dooms.from;
      await recorder.keepRows(work, table, { alias, from }, version);
    },
  };
}

/** Checks, then single-value counts, then the steps; answers the cells of the answer row. */
async function runSteps(
  work: Work,
  { checks, steps, counts }: TranslatedDml,
  beforeStep: (step: DmlStep) => Promise<void>,
): Promise<string[]> {
  for (const check of checks) {
    const rows = await work.rows(check.sql);
    if (rows.length > 0) throw check.error;
  }
  const single = new Map<DmlCount, string>();
  for (const count of counts) {
    if ('sql' in count.from) single.set(count, await singleValue(work, count.from.sql));
  }
  const done: Counts[] = [];
  for (const step of steps) {
    await beforeStep(step);
    done.push(await runStep(work, step));
  }
  return counts.map((count) => {
    if ('sql' in count.from) return single.get(count) ?? '0';
    return String(done[count.from.step]?.get(count.from.action ?? '') ?? 0);
  });
}

async function runStep(work: Work, { sql, rows }: DmlStep): Promise<Counts> {
  if (rows !== 'merge_action') {
    const changed = await work.run(sql);
    return new Map([['', rows === 'changes' ? changed : 0]]);
  }
  const byAction = await work.tally(sql);
  const all = [...byAction.values()].reduce((sum, count) => sum + count, 0);
  return new Map([...byAction, ['', all]]);
}

async function singleValue(work: Work, sql: string): Promise<string> {
  const [row] = await work.rows(sql);
  return String(Object.values(row ?? {})[0] ?? 0);
}

import { SnowflakeError } from '../../statement.ts';
import { unsupported, valueCount } from '../errors.ts';
import { condition } from '../expression/comparison.ts';
import type { Lowering } from '../expression/lowering.ts';
import { quoteName } from '../expression/typed.ts';
import { type FromItem, lowerItem } from '../query/from.ts';
import {
  type Fields,
  fieldsOf,
  kindOf,
  type Node,
  nameOf,
  node,
  nodes,
  only,
  optionalNode,
} from '../syntax/node.ts';
import type { DmlCheck, DmlCount, DmlStep, TranslatedDml } from '../translate.ts';
import {
  assigned,
  columnList,
  findTarget,
  type Target,
  targetColumns,
  targetRelation,
} from './target.ts';

type Action = 'INSERT' | 'UPDATE' | 'DELETE';

interface Clause {
  readonly matched: boolean;
  readonly action: Action;
  readonly test: string;
  readonly sql: string;
}

/**
 * MERGE; DuckDB's own does the work, the check refuses a target row that two source rows would
 * change.
 */
export function lowerMerge(fields: Fields, lowering: Lowering): TranslatedDml {
  only('MERGE', fields, ['this', 'using', 'on', 'whens']);
  const target = findTarget(
    tableFields(node(fields, 'this')),
    lowering,
    aliasOf(node(fields, 'this')),
  );
  const source = lowerItem(node(fields, 'using'), lowering);
  lowering.frame.relations.push(targetRelation(target), source.relation);
  const on = condition(node(fields, 'on'), lowering);
  const whens = fieldsOf(node(fields, 'whens'));
  const clauses = nodes(whens, 'expressions').map((when) =>
    lowerWhen(fieldsOf(when), target, lowering),
  );
  const head = `MERGE INTO ${target.relation.duckdbName} AS ${quoteName(target.alias)} USING ${source.sql} ON ${on}`;
  const sql = `${head} ${clauses.map((clause) => clause.sql).join(' ')} RETURNING merge_action`;
  return {
    kind: 'merge',
    targets: [target.parts],
    checks: duplicateCheck(target, source, on, clauses, lowering),
    steps: [{ sql, rows: 'merge_action', ...doomedRows(target, source, on, clauses) }],
    counts: mergeCounts(clauses),
  };
}

/** Rows of the target that a WHEN MATCHED takes. */
function doomedRows(
  { relation, alias }: Target,
  source: FromItem,
  on: string,
  clauses: readonly Clause[],
): Pick<DmlStep, 'dooms'> {
  const tests = clauses.filter(({ matched }) => matched).map(({ test }) => test);
  if (tests.length === 0) return {};
  const table = `${relation.duckdbName} AS ${quoteName(alias)}`;
  const row = `${quoteName(alias)}.rowid`;
  const where = tests.includes('TRUE') ? '' : ` WHERE (${tests.join(') OR (')})`;
  const rows = `SELECT ${row} FROM ${table} JOIN ${source.sql} ON ${on}${where}`;
  return { dooms: { alias, from: `FROM ${table} WHERE ${row} IN (${rows})` } };
}

function tableFields(item: Node): Fields {
  const fields = fieldsOf(item);
  return kindOf(item) === 'alias' ? fieldsOf(node(fields, 'this')) : fields;
}

function aliasOf(item: Node): string | undefined {
  return nameOf(fieldsOf(item), 'alias');
}

const COUNT_NAMES: readonly (readonly [Action, string])[] = [
  ['INSERT', 'number of rows inserted'],
  ['UPDATE', 'number of rows updated'],
  ['DELETE', 'number of rows deleted'],
];

function mergeCounts(clauses: readonly Clause[]): DmlCount[] {
  const actions = new Set(clauses.map((clause) => clause.action));
  return COUNT_NAMES.filter(([action]) => actions.has(action)).map(([action, column]) => ({
    column,
    from: { step: 0, action },
  }));
}

function lowerWhen(fields: Fields, target: Target, lowering: Lowering): Clause {
  only('WHEN', fields, ['matched', 'condition', 'then']);
  const matched = fieldsOf(node(fields, 'matched')).value === true;
  const extra = optionalNode(fields, 'condition');
  const test = extra ? condition(extra, lowering) : 'TRUE';
  const { action, sql } = lowerThen(node(fields, 'then'), target, lowering);
  if (matched === (action === 'INSERT'))
    throw unsupported(`WHEN ${matched ? '' : 'NOT '}MATCHED THEN ${action}`);
  const head = `WHEN ${matched ? '' : 'NOT '}MATCHED${extra ? ` AND ${test}` : ''}`;
  return { matched, action, test, sql: `${head} THEN ${sql}` };
}

function word(item: Node | undefined): string {
  return item && kindOf(item) === 'var' ? String(fieldsOf(item).this).toUpperCase() : '';
}

function lowerThen(
  then: Node,
  target: Target,
  lowering: Lowering,
): { action: Action; sql: string } {
  if (word(then) === 'DELETE') return { action: 'DELETE', sql: 'DELETE' };
  const [verb, first, second] = nodes(fieldsOf(then), 'expressions');
  if (word(verb) === 'UPDATE' && first) {
    return { action: 'UPDATE', sql: `UPDATE SET ${assignments(first, target, lowering)}` };
  }
  if (word(verb) === 'INSERT' && first) {
    return { action: 'INSERT', sql: insertClause(first, second, target, lowering) };
  }
  throw unsupported(`MERGE ${word(then) || word(verb)} ALL BY NAME`);
}

function assignments(list: Node, target: Target, lowering: Lowering): string {
  const pairs = nodes(fieldsOf(list), 'expressions').map((pair) => {
    const fields = fieldsOf(pair);
    const name = identifierOf(node(fields, 'left'));
    const [column] = targetColumns(target, [name]);
    if (!column) throw unsupported('MERGE UPDATE without columns');
    return `${quoteName(name)} = ${assigned(lowering.expression(node(fields, 'right')), column, lowering)}`;
  });
  return pairs.join(', ');
}

function identifierOf(item: Node): string {
  return nameOf(fieldsOf(item), 'name') ?? '';
}

function insertClause(first: Node, second: Node | undefined, target: Target, lowering: Lowering) {
  const names = second ? nodes(fieldsOf(first), 'expressions').map(identifierOf) : [];
  const columns = targetColumns(target, names);
  const values = nodes(fieldsOf(second ?? first), 'expressions');
  if (values.length !== columns.length) throw valueCount(columns.length, values.length);
  const cells = values.map((value, index) => {
    const column = columns[index];
    if (word(value) === 'DEFAULT' || !column) return 'DEFAULT';
    return assigned(lowering.expression(value), column, lowering);
  });
  return `INSERT (${columnList(columns)}) VALUES (${cells.join(', ')})`;
}

/**
 * A target row that several source rows would update, or update and delete.
 * https://docs.snowflake.com/en/sql-reference/sql/merge#duplicate-join-behavior
 */
function duplicateCheck(
  target: Target,
  source: FromItem,
  on: string,
  clauses: readonly Clause[],
  lowering: Lowering,
): DmlCheck[] {
  const matched = clauses.filter((clause) => clause.matched);
  const isOff = lowering.parameter('ERROR_ON_NONDETERMINISTIC_MERGE')?.toLowerCase() === 'false';
  if (isOff || !matched.some((clause) => clause.action === 'UPDATE')) return [];
  const action = `CASE ${matched.map((clause) => `WHEN ${clause.test} THEN '${clause.action}'`).join(' ')} END`;
  const row = `${quoteName(target.alias)}.rowid`;
  const joined = `${target.relation.duckdbName} AS ${quoteName(target.alias)} JOIN ${source.sql} ON ${on}`;
  const actions = `SELECT ${row} AS "_sf_row", ${action} AS "_sf_action" FROM ${joined}`;
  const sql = `SELECT 1 FROM (${actions}) WHERE "_sf_action" IS NOT NULL GROUP BY "_sf_row" HAVING count(*) > 1 AND count_if("_sf_action" = 'UPDATE') > 0 LIMIT 1`;
  const error = new SnowflakeError('100090', '42P18', 'Duplicate row detected during DML action');
  return [{ sql, error }];
}

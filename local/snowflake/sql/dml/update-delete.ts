import { unsupported } from '../errors.ts';
import { condition } from '../expression/comparison.ts';
import type { Lowering } from '../expression/lowering.ts';
import { quoteName } from '../expression/typed.ts';
import { lowerFrom } from '../query/from.ts';
import {
  type Fields,
  fieldsOf,
  kindOf,
  type Node,
  nameOf,
  node,
  nodes,
  only,
  record,
  records,
} from '../syntax/node.ts';
import type { DmlCount, DoomedRows, TranslatedDml } from '../translate.ts';
import { assigned, findTarget, type Target, targetColumns, targetRelation } from './target.ts';

/** FROM or USING of the statement, the target's columns in reach too. */
function lowerSources(fields: Fields | undefined, joins: unknown, lowering: Lowering): string {
  if (!fields) return '';
  const sql = lowerFrom({ from: fields, joins }, lowering);
  return sql.replace(/^ FROM /, '');
}

function lowerWhere(fields: Fields, lowering: Lowering): string {
  const where = record(fields, 'where_clause');
  return where ? condition(node(where, 'this'), lowering) : '';
}

function assignment(pair: readonly [Fields, Node], target: Target, lowering: Lowering): string {
  const name = nameOf({ name: pair[0] }, 'name') ?? '';
  const [column] = targetColumns(target, [name]);
  if (!column) throw unsupported('UPDATE without columns');
  const isDefault = kindOf(pair[1]) === 'var' && String(fieldsOf(pair[1]).this) === 'DEFAULT';
  const value = isDefault ? 'DEFAULT' : assigned(lowering.expression(pair[1]), column, lowering);
  return `${quoteName(name)} = ${value}`;
}

/** UPDATE … SET … [FROM …] [WHERE …]; rows joined more than once are counted apart. */
export function lowerUpdate(fields: Fields, lowering: Lowering): TranslatedDml {
  only('UPDATE', fields, ['table', 'set', 'from_clause', 'from_joins', 'where_clause']);
  const target = findTarget(record(fields, 'table') ?? {}, lowering);
  lowering.frame.relations.push(targetRelation(target));
  const sources = lowerSources(record(fields, 'from_clause'), fields.from_joins, lowering);
  const pairs = fields.set as readonly (readonly [Fields, Node])[];
  const assignments = pairs.map((pair) => assignment(pair, target, lowering));
  const where = lowerWhere(fields, lowering);
  const table = `${target.relation.duckdbName} AS ${quoteName(target.alias)}`;
  const sql = `UPDATE ${table} SET ${assignments.join(', ')}${sources ? ` FROM ${sources}` : ''}${where ? ` WHERE ${where}` : ''}`;
  const counts: DmlCount[] = [
    {
      column: 'number of rows updated',
      from: sources ? { sql: joinedRows(target, sources, where, 1) } : { step: 0 },
    },
    {
      column: 'number of multi-joined rows updated',
      from: { sql: sources ? joinedRows(target, sources, where, 2) : 'SELECT 0' },
    },
  ];
  return {
    kind: 'update',
    targets: [target.parts],
    checks: [],
    steps: [{ sql, rows: 'changes', dooms: doomedRows(target, sources, where) }],
    counts,
  };
}

/** The target's rows that pass the test, with one of the sources' where there are any. */
function doomedRows({ relation, alias }: Target, sources: string, where: string): DoomedRows {
  const table = `FROM ${relation.duckdbName} AS ${quoteName(alias)}`;
  const test = where ? ` WHERE ${where}` : '';
  if (!sources) return { alias, from: `${table}${test}` };
  const row = `${quoteName(alias)}.rowid`;
  const rows = `SELECT ${row} ${table} CROSS JOIN ${sources}${test}`;
  return { alias, from: `${table} WHERE ${row} IN (${rows})` };
}

/** Counts the target's rows that the sources match at least `times` times. */
function joinedRows(target: Target, sources: string, where: string, times: number): string {
  const row = `${quoteName(target.alias)}.rowid`;
  const from = `${target.relation.duckdbName} AS ${quoteName(target.alias)} CROSS JOIN ${sources}`;
  const test = where ? ` WHERE ${where}` : '';
  return `SELECT count(*) FROM (SELECT ${row} FROM ${from}${test} GROUP BY ${row} HAVING count(*) >= ${times})`;
}

/** DELETE FROM … [USING …] [WHERE …], parsed as the SELECT of its tables. */
export function lowerDelete(fields: Fields, lowering: Lowering): TranslatedDml {
  only('DELETE', fields, ['expressions', 'from', 'joins', 'where_clause']);
  const [first, ...others] = nodes(record(fields, 'from') ?? {}, 'expressions');
  if (!first || kindOf(first) !== 'table') throw unsupported('DELETE from that');
  const target = findTarget(fieldsOf(first), lowering);
  lowering.frame.relations.push(targetRelation(target));
  const sources = lowerUsing(others, records(fields, 'joins'), lowering);
  const where = lowerWhere(fields, lowering);
  const table = `${target.relation.duckdbName} AS ${quoteName(target.alias)}`;
  const sql = `DELETE FROM ${table}${sources ? ` USING ${sources}` : ''}${where ? ` WHERE ${where}` : ''}`;
  return {
    kind: 'delete',
    targets: [target.parts],
    checks: [],
    steps: [{ sql, rows: 'changes', dooms: doomedRows(target, sources, where) }],
    counts: [{ column: 'number of rows deleted', from: { step: 0 } }],
  };
}

/** The items after the target: further ones of FROM, then joins, the first of which is a comma. */
function lowerUsing(others: readonly Node[], joins: readonly Fields[], lowering: Lowering): string {
  const [head, ...rest] = [
    ...others.map((item): Fields => ({ this: item, kind: 'Implicit' })),
    ...joins,
  ];
  if (!head) return '';
  return lowerSources({ expressions: [head.this] }, rest, lowering);
}

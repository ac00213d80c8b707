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
  only,
  record,
  records,
} from '../syntax/node.ts';
import type { DmlCount, TranslatedDml } from '../translate.ts';
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
  const joined = sources ? multiJoined(target, sources, where) : 'SELECT 0';
  const counts: DmlCount[] = [
    { column: 'number of rows updated', from: { step: 0 } },
    { column: 'number of multi-joined rows updated', from: { sql: joined } },
  ];
  return {
    kind: 'update',
    targets: [target.parts],
    checks: [],
    steps: [{ sql, rows: 'changes' }],
    counts,
  };
}

function multiJoined(target: Target, sources: string, where: string): string {
  const row = `${quoteName(target.alias)}.rowid`;
  const from = `${target.relation.duckdbName} AS ${quoteName(target.alias)} CROSS JOIN ${sources}`;
  const test = where ? ` WHERE ${where}` : '';
  return `SELECT count(*) FROM (SELECT ${row} FROM ${from}${test} GROUP BY ${row} HAVING count(*) > 1)`;
}

/** DELETE FROM … [USING …] [WHERE …]. */
export function lowerDelete(fields: Fields, lowering: Lowering): TranslatedDml {
  only('DELETE', fields, ['table', 'alias', 'using', 'where_clause']);
  const target = findTarget(record(fields, 'table') ?? {}, lowering, nameOf(fields, 'alias'));
  lowering.frame.relations.push(targetRelation(target));
  const using = records(fields, 'using').map((source) =>
    source.name ? { table: source } : source,
  );
  const sources = lowerSources(using.length > 0 ? { expressions: using } : undefined, [], lowering);
  const where = lowerWhere(fields, lowering);
  const table = `${target.relation.duckdbName} AS ${quoteName(target.alias)}`;
  const sql = `DELETE FROM ${table}${sources ? ` USING ${sources}` : ''}${where ? ` WHERE ${where}` : ''}`;
  return {
    kind: 'delete',
    targets: [target.parts],
    checks: [],
    steps: [{ sql, rows: 'changes' }],
    counts: [{ column: 'number of rows deleted', from: { step: 0 } }],
  };
}

import { invalidIdentifier, unsupported } from '../errors.ts';
import { condition } from '../expression/comparison.ts';
import type { Lowering, TypedQuery } from '../expression/lowering.ts';
import { quoteName, type Typed } from '../expression/typed.ts';
import {
  type Fields,
  fieldsOf,
  kindOf,
  type Node,
  nameOf,
  names,
  node,
  nodes,
  only,
  record,
  records,
} from '../syntax/node.ts';
import { columnValue, display, type FrameColumn } from './frame.ts';
import { lowerFrom } from './from.ts';
import { isOrderByAll, orderByAll, outputOrder } from './order.ts';
import { lowerLimit } from './query.ts';

interface Item {
  readonly name: string;
  readonly value: Typed;
}

const CLAUSES = [
  'expressions',
  'from',
  'joins',
  'where_clause',
  'group_by',
  'having',
  'qualify',
  'order_by',
  'limit',
  'offset',
  'fetch',
  'top',
  'distinct',
  'with',
];

/** A SELECT in the frame of `lowering`. */
export function lowerSelect(fields: Fields, lowering: Lowering): TypedQuery {
  only('SELECT', fields, CLAUSES);
  const from = lowerFrom(fields, lowering);
  const items = nodes(fields, 'expressions').flatMap((item) => lowerItem(item, lowering));
  const list = items.map(({ name, value }) => `${value.sql} AS ${quoteName(name)}`);
  const sql = [
    `SELECT ${fields.distinct === true ? 'DISTINCT ' : ''}${list.join(', ')}`,
    from,
    clause('WHERE', record(fields, 'where_clause'), lowering),
    groupBy(record(fields, 'group_by'), lowering),
    clause('HAVING', record(fields, 'having'), lowering),
    clause('QUALIFY', record(fields, 'qualify'), lowering),
    orderBy(record(fields, 'order_by'), items, lowering),
  ].join('');
  const columns = items.map(
    ({ name, value }): FrameColumn => ({
      name,
      type: value.type,
      nullable: value.nullable ?? true,
    }),
  );
  return { sql: sql + lowerLimit(fields, lowering), columns };
}

function clause(word: string, fields: Fields | undefined, lowering: Lowering): string {
  return fields ? ` ${word} ${condition(node(fields, 'this'), lowering)}` : '';
}

function lowerItem(item: Node, lowering: Lowering): Item[] {
  const kind = kindOf(item);
  const fields = fieldsOf(item);
  if (kind === 'star') return lowerStar(fields, lowering);
  const isAlias = kind === 'alias';
  const value = lowering.expression(isAlias ? node(fields, 'this') : item);
  const name = nameOf(fields, isAlias ? 'alias' : kind === 'dot' ? 'field' : 'name') ?? '';
  if (isAlias) {
    only('alias', fields, ['this', 'alias']);
    if (!lowering.frame.find({ name }))
      lowering.frame.aliases.set(name, aliasReference(name, value));
  }
  return [{ name, value }];
}

/**
 * Later references go to DuckDB's alias; a literal stays one, so that it may be a constant
 * argument.
 */
function aliasReference(name: string, value: Typed): Typed {
  return value.constant === undefined ? { ...value, sql: quoteName(name) } : value;
}

/** `*` and `t.*` written out, so that hidden columns stay hidden and every column has its type. */
function lowerStar(fields: Fields, lowering: Lowering): Item[] {
  only('*', fields, ['table', 'except', 'replace', 'rename']);
  const table = nameOf(fields, 'table');
  const { relations } = lowering.frame;
  const chosen = relations.filter((relation) => table === undefined || relation.alias === table);
  if (chosen.length === 0) throw invalidIdentifier(table === undefined ? '*' : display(table));
  const excluded = new Set(names(fields, 'except'));
  const replaced = new Map(
    records(fields, 'replace').map((item) => [nameOf(item, 'alias') ?? '', node(item, 'this')]),
  );
  const renames = new Map(
    ((fields.rename ?? []) as readonly (readonly [Fields, Fields])[]).map(([from, to]) => [
      String(from.name),
      String(to.name),
    ]),
  );
  return chosen.flatMap((relation) =>
    relation.columns
      .filter((column) => !excluded.has(column.name) && !(column.merged && table === undefined))
      .map((column) => {
        const other = replaced.get(column.name);
        const value = other ? lowering.expression(other) : columnValue(relation, column);
        return { name: renames.get(column.name) ?? column.name, value };
      }),
  );
}

function groupBy(fields: Fields | undefined, lowering: Lowering): string {
  if (!fields) return '';
  only('GROUP BY', fields, ['expressions', 'all']);
  if (fields.all === true) return ' GROUP BY ALL';
  const items = nodes(fields, 'expressions').map((item) => groupItem(item, lowering));
  return ` GROUP BY ${items.join(', ')}`;
}

const GROUPINGS: ReadonlySet<string> = new Set(['ROLLUP', 'CUBE', 'GROUPING SETS']);

function groupItem(item: Node, lowering: Lowering): string {
  const fields = fieldsOf(item);
  const name = nameOf(fields, 'name');
  switch (kindOf(item)) {
    case 'literal':
      if (fields.literal_type === 'number') return String(fields.value);
      break;
    case 'tuple':
      return `(${nodes(fields, 'expressions')
        .map((each) => groupItem(each, lowering))
        .join(', ')})`;
    case 'function':
      if (name === undefined || !GROUPINGS.has(name)) break;
      return `${name} (${nodes(fields, 'args')
        .map((each) => groupItem(each, lowering))
        .join(', ')})`;
    case 'rollup':
    case 'cube':
    case 'grouping_sets':
      throw unsupported(`GROUP BY ${kindOf(item)}`);
    default:
  }
  return lowering.expression(item).sql;
}

function orderBy(fields: Fields | undefined, items: readonly Item[], lowering: Lowering): string {
  if (!fields) return '';
  only('ORDER BY', fields, ['expressions']);
  if (isOrderByAll(fields, items)) return orderByAll(fields, items);
  const outputs = new Set(items.map((item) => item.name));
  const order = outputOrder(records(fields, 'expressions'), outputs, lowering);
  return order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '';
}

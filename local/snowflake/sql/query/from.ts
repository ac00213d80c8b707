import { unknownObject, unsupported } from '../errors.ts';
import { condition } from '../expression/comparison.ts';
import type { Lowering } from '../expression/lowering.ts';
import { quoteName } from '../expression/typed.ts';
import type { ScopeRelation } from '../scope.ts';
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
  optionalNode,
  record,
  records,
} from '../syntax/node.ts';
import { travelOf } from '../syntax/travels.ts';
import { columnValue, display, type FrameColumn, type FrameRelation } from './frame.ts';
import { lowerPivot, lowerUnpivot } from './pivot.ts';
import { lowerTableFunction } from './table-functions.ts';

/**
 * What FROM (or USING) gives one item: DuckDB text with its alias, and the relation for the frame.
 */
export interface FromItem {
  readonly sql: string;
  readonly relation: FrameRelation;
  /** It may refer to the items before it. */
  readonly lateral?: boolean;
  /** Keeps a row when it has none itself: FLATTEN with OUTER. */
  readonly outer?: boolean;
}

interface Alias {
  readonly name: string | undefined;
  readonly columns: readonly string[];
}

/** The FROM clause with its joins, registering each relation in the frame; empty without FROM. */
export function lowerFrom(fields: Fields, lowering: Lowering): string {
  const from = record(fields, 'from');
  if (!from) return '';
  const [first, ...rest] = nodes(from, 'expressions');
  if (!first) return '';
  let sql = addItem(first, lowering);
  for (const item of rest) sql += lowerJoin({ this: item, kind: 'Implicit' }, lowering);
  for (const join of records(fields, 'joins')) sql += lowerJoin(join, lowering);
  return ` FROM ${sql}`;
}

function addItem(item: Node, lowering: Lowering): string {
  if (kindOf(item) === 'joined_table') return joinedTable(fieldsOf(item), lowering);
  const lowered = lowerItem(item, lowering);
  lowering.frame.relations.push(lowered.relation);
  return lowered.sql;
}

function joinedTable(fields: Fields, lowering: Lowering): string {
  only('joined table', fields, ['left', 'joins']);
  let sql = addItem(node(fields, 'left'), lowering);
  for (const join of records(fields, 'joins')) sql += lowerJoin(join, lowering);
  return `(${sql})`;
}

const JOINS: Readonly<Record<string, string>> = {
  Inner: 'JOIN',
  Left: 'LEFT JOIN',
  Right: 'RIGHT JOIN',
  Full: 'FULL JOIN',
  Outer: 'FULL JOIN',
  Cross: 'CROSS JOIN',
  Implicit: 'CROSS JOIN',
  Natural: 'JOIN',
  NaturalLeft: 'LEFT JOIN',
  NaturalRight: 'RIGHT JOIN',
  NaturalFull: 'FULL JOIN',
};

function lowerJoin(join: Fields, lowering: Lowering): string {
  only('JOIN', join, ['this', 'on', 'using', 'kind']);
  const kind = String(join.kind);
  const word = JOINS[kind];
  if (!word) throw unsupported(`${kind} JOIN`);
  const item = node(join, 'this');
  if (kindOf(item) === 'joined_table') {
    const nested = joinedTable(fieldsOf(item), lowering);
    const on = optionalNode(join, 'on');
    return ` ${word} ${nested}${on ? ` ON ${condition(on, lowering)}` : ''}`;
  }
  const right = lowerItem(item, lowering);
  const shared = kind.startsWith('Natural') ? sharedNames(right, lowering) : names(join, 'using');
  if (shared.length > 0) return joinUsing(word, right, shared, lowering);
  lowering.frame.relations.push(right.relation);
  const on = optionalNode(join, 'on');
  const isCross = word === 'CROSS JOIN' || (word === 'JOIN' && !on);
  if (right.outer && (isCross || word === 'JOIN')) {
    return ` LEFT JOIN ${right.sql} ON ${on ? condition(on, lowering) : 'TRUE'}`;
  }
  if (isCross) return ` CROSS JOIN ${right.sql}`;
  return ` ${word} ${right.sql} ON ${on ? condition(on, lowering) : 'TRUE'}`;
}

function sharedNames(right: FromItem, lowering: Lowering): string[] {
  const left = new Set(
    lowering.frame.relations.flatMap((relation) => relation.columns.map((column) => column.name)),
  );
  return right.relation.columns.map((column) => column.name).filter((name) => left.has(name));
}

/**
 * USING and NATURAL: one column of the name, from the side that has it; the right's own stays
 * behind its alias.
 */
function joinUsing(
  word: string,
  right: FromItem,
  shared: readonly string[],
  lowering: Lowering,
): string {
  const { relations } = lowering.frame;
  const tests: string[] = [];
  for (const name of shared) {
    const index = relations.findIndex((each) =>
      each.columns.some((column) => column.name === name && !column.merged),
    );
    const owner = relations[index];
    const left = owner?.columns.find((column) => column.name === name && !column.merged);
    const mine = right.relation.columns.find((column) => column.name === name);
    if (!owner || !left || !mine) throw unknownObject(display(name));
    const [a, b] = [columnValue(owner, left).sql, columnValue(right.relation, mine).sql];
    tests.push(`${a} = ${b}`);
    const sql = word === 'FULL JOIN' ? `COALESCE(${a}, ${b})` : word === 'RIGHT JOIN' ? b : a;
    const columns = owner.columns.map((column) => (column === left ? { ...column, sql } : column));
    relations[index] = { ...owner, columns };
  }
  const columns = right.relation.columns.map((column) =>
    shared.includes(column.name) ? { ...column, merged: true } : column,
  );
  relations.push({ ...right.relation, columns });
  return ` ${word} ${right.sql} ON ${tests.join(' AND ')}`;
}

const NO_ALIAS: Alias = { name: undefined, columns: [] };

/** One item of FROM. */
export function lowerItem(item: Node, lowering: Lowering, outerAlias: Alias = NO_ALIAS): FromItem {
  const fields = fieldsOf(item);
  switch (kindOf(item)) {
    case 'table':
      return lowerTable(fields, outerAlias, lowering);
    case 'subquery':
      return lowerSubquery(fields, outerAlias, lowering);
    case 'values':
      return lowerSubquery(
        { this: { values: fields }, ...aliasFields(fields) },
        outerAlias,
        lowering,
      );
    case 'alias':
      return lowerItem(node(fields, 'this'), lowering, aliasOf(fields));
    case 'lateral':
      only('LATERAL', fields, ['this', 'alias', 'column_aliases']);
      return lowerItem(
        asLateral(node(fields, 'this')),
        lowering,
        prefer(outerAlias, aliasOf(fields)),
      );
    case 'function':
      return lowerTableFunction(fields, prefer(outerAlias, aliasOf(fields)), lowering);
    case 'pivot':
      return lowerPivot(fields, lowering);
    case 'unpivot':
      return lowerUnpivot(fields, lowering);
    case 'paren':
      return lowerItem(node(fields, 'this'), lowering, outerAlias);
    default:
      throw unsupported(`${kindOf(item).replaceAll('_', ' ')} in FROM`);
  }
}

function asLateral(item: Node): Node {
  return kindOf(item) === 'subquery' ? { subquery: { ...fieldsOf(item), lateral: true } } : item;
}

function aliasFields(fields: Fields): Fields {
  return { alias: fields.alias, column_aliases: fields.column_aliases };
}

function aliasOf(fields: Fields): Alias {
  return { name: nameOf(fields, 'alias'), columns: names(fields, 'column_aliases') };
}

function prefer(outer: Alias, own: Alias): Alias {
  return outer.name === undefined ? own : outer;
}

function lowerTable(fields: Fields, outerAlias: Alias, lowering: Lowering): FromItem {
  only('table', fields, ['name', 'schema', 'catalog', 'alias', 'column_aliases']);
  const parts = ['catalog', 'schema', 'name'].flatMap((part) => nameOf(fields, part) ?? []);
  const alias = prefer(outerAlias, aliasOf(fields));
  const name = parts.at(-1) ?? '';
  const common = parts.length === 1 ? lowering.frame.commonTable(name) : undefined;
  if (common)
    return aliased(quoteName(name), common.columns, { ...alias, name: alias.name ?? name });
  const travel = travelOf(name, lowering.source.travels);
  const wanted = travel?.parts ?? parts;
  const found = lowering.scope.relation(wanted, travel);
  if (!found) throw unknownObject(wanted.map(display).join('.'));
  return relationItem(found, { ...alias, name: alias.name ?? wanted.at(-1) });
}

/** A relation of the scope as an item of FROM. */
export function relationItem(found: ScopeRelation, alias: Alias): FromItem {
  return aliased(found.duckdbName, found.columns, alias);
}

/** A derived table sees its neighbours in FROM only when it is LATERAL. */
function lowerSubquery(fields: Fields, outerAlias: Alias, lowering: Lowering): FromItem {
  only('subquery', fields, [
    'this',
    'alias',
    'column_aliases',
    'lateral',
    'order_by',
    'limit',
    'offset',
  ]);
  const { alias: _, column_aliases: __, lateral, ...bare } = fields;
  const isLateral = lateral === true;
  const within = isLateral ? lowering : lowering.within(lowering.frame.withoutRelations());
  const query = within.query({ subquery: bare });
  const alias = prefer(outerAlias, aliasOf(fields));
  return aliased(`${isLateral ? 'LATERAL ' : ''}(${query.sql})`, query.columns, {
    ...alias,
    name: alias.name ?? anonymous(lowering),
  });
}

/** An alias for a derived table that has none; it cannot be named. */
export function anonymous(lowering: Lowering): string {
  return `_sf_from_${lowering.frame.relations.length}`;
}

/** DuckDB text and frame relation of a source under an alias, its columns perhaps renamed. */
export function aliased(source: string, columns: readonly FrameColumn[], alias: Alias): FromItem {
  const name = alias.name ?? '';
  const own = columns.map(({ type, nullable, name: column }, index) => ({
    name: alias.columns[index] ?? column,
    type,
    nullable,
  }));
  const list =
    alias.columns.length > 0 ? `(${own.map((column) => quoteName(column.name)).join(', ')})` : '';
  return { sql: `${source} AS ${quoteName(name)}${list}`, relation: { alias: name, columns: own } };
}

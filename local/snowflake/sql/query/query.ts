import type { SnowflakeType } from '../../types.ts';
import { duckdbType } from '../../types.ts';
import { compilationError, unsupported } from '../errors.ts';
import type { Lowering, TypedQuery } from '../expression/lowering.ts';
import { quoteName, typed } from '../expression/typed.ts';
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
import { commonType } from '../types/common-type.ts';
import { INTEGER, TEXT } from '../types/names.ts';
import { Frame, type FrameColumn } from './frame.ts';
import { outputOrder } from './order.ts';
import { lowerSelect } from './select.ts';

const SET_OPERATORS: Readonly<Record<string, string>> = {
  union: 'UNION',
  except: 'EXCEPT',
  intersect: 'INTERSECT',
};

/**
 * Any query: SELECT, VALUES, set operations and parentheses around them; in its own frame inside
 * `outer`'s.
 */
export function lowerQuery(query: Node, outer: Lowering): TypedQuery {
  const kind = kindOf(query);
  const fields = fieldsOf(query);
  const lowering = outer.within(new Frame(outer.frame));
  const withClause = lowerWith(record(fields, 'with'), lowering);
  const body = lowerBody(kind, fields, lowering);
  return { sql: `${withClause}${body.sql}`, columns: body.columns };
}

function lowerBody(kind: string, fields: Fields, lowering: Lowering): TypedQuery {
  if (kind === 'select') return lowerSelect(fields, lowering);
  if (kind === 'values') return lowerValues(fields, lowering);
  if (kind === 'subquery' || kind === 'paren') return lowerNested(fields, lowering);
  if (SET_OPERATORS[kind]) return lowerSetOperation(kind, fields, lowering);
  throw unsupported(`query '${kind.replaceAll('_', ' ')}'`);
}

/** A query in parentheses, perhaps with ORDER BY and LIMIT after them. */
function lowerNested(fields: Fields, lowering: Lowering): TypedQuery {
  only('subquery', fields, [
    'this',
    'order_by',
    'limit',
    'offset',
    'alias',
    'column_aliases',
    'lateral',
    'with',
  ]);
  const inner = lowerQuery(node(fields, 'this'), lowering);
  const tail = lowerTail(fields, inner.columns, lowering);
  if (tail === '') return inner;
  return { sql: `SELECT * FROM (${inner.sql}) AS "_sf_nested"${tail}`, columns: inner.columns };
}

/** Branches with the columns of all of them, in the order of their first appearance. */
function byName(branches: readonly TypedQuery[]): TypedQuery[] {
  const names = [...new Set(branches.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  return branches.map((branch) => {
    const columns = names.map(
      (name): FrameColumn =>
        branch.columns.find((column) => column.name === name) ?? {
          name,
          type: null,
          nullable: true,
        },
    );
    const items = columns.map(({ name }) => {
      const isOwn = branch.columns.some((column) => column.name === name);
      return `${isOwn ? quoteName(name) : 'NULL'} AS ${quoteName(name)}`;
    });
    return { sql: `SELECT ${items.join(', ')} FROM (${branch.sql}) AS "_sf_named"`, columns };
  });
}

function lowerSetOperation(kind: string, fields: Fields, lowering: Lowering): TypedQuery {
  const clauses = ['left', 'right', 'all', 'distinct', 'order_by', 'limit', 'offset', 'with'];
  only(kind, fields, [...clauses, 'by_name']);
  const branches = ['left', 'right'].map((side) => lowerQuery(node(fields, side), lowering));
  const [left, right] = (fields.by_name === true ? byName(branches) : branches) as [
    TypedQuery,
    TypedQuery,
  ];
  if (left.columns.length !== right.columns.length) {
    throw compilationError(
      '001789',
      '42601',
      `invalid number of result columns for set operator input branches, expected ${left.columns.length}, got ${right.columns.length} in branch { 2 }`,
    );
  }
  const columns = left.columns.map((column, index) => ({
    ...column,
    type: commonType(column.type, right.columns[index]?.type ?? null),
    nullable: column.nullable || (right.columns[index]?.nullable ?? true),
  }));
  const all = fields.all === true ? ' ALL' : '';
  const sides = [left, right].map((side) => fitColumns(side, columns, lowering));
  const sql = `(${sides[0]}) ${SET_OPERATORS[kind]}${all} (${sides[1]})`;
  const tail = lowerTail(fields, columns, lowering);
  if (tail === '') return { sql, columns };
  return { sql: `SELECT * FROM (${sql}) AS "_sf_set"${tail}`, columns };
}

/** A query whose columns have those types (and names): wrapped only when one differs. */
export function fitColumns(
  query: TypedQuery,
  columns: readonly FrameColumn[],
  lowering: Lowering,
  mode: 'cast' | 'assign' = 'cast',
): string {
  const fits = query.columns.every((column, index) =>
    sameStorage(column.type, columns[index]?.type, mode),
  );
  if (fits) return query.sql;
  const inner = query.columns.map((_, index) => `"_sf_${index}"`);
  const items = query.columns.map((column, index) => {
    const target = columns[index];
    const value = typed(`"_sf_fit"."_sf_${index}"`, column.type);
    const sql = target?.type ? lowering.convert(value, target.type, mode).sql : value.sql;
    return `${sql} AS ${quoteName(target?.name ?? '')}`;
  });
  return `SELECT ${items.join(', ')} FROM (${query.sql}) AS "_sf_fit"(${inner.join(', ')})`;
}

function sameStorage(
  from: SnowflakeType | null,
  to: SnowflakeType | null | undefined,
  mode: 'cast' | 'assign',
): boolean {
  if (!to) return true;
  if (!from) return mode === 'cast';
  if (from.name !== to.name || duckdbType(from) !== duckdbType(to)) return false;
  if (mode === 'cast') return true;
  return (from.length ?? 0) <= (to.length ?? 0) && (from.scale ?? 9) <= (to.scale ?? 9);
}

/** VALUES: columns COLUMN1, COLUMN2, …, each of its values' common type. */
function lowerValues(fields: Fields, lowering: Lowering): TypedQuery {
  only('VALUES', fields, ['expressions', 'alias', 'column_aliases', 'with']);
  const rows = records(fields, 'expressions').map((row) =>
    lowering.expressions(nodes(row, 'expressions')),
  );
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) {
    throw compilationError('001008', '42601', 'VALUES rows have different numbers of values');
  }
  const unified = Array.from({ length: width }, (_, index) =>
    lowering.unify(rows.flatMap((row) => row[index] ?? [])),
  );
  const columns = unified.map(({ type, values }, index) => ({
    name: `COLUMN${index + 1}`,
    type,
    nullable: values.some((value) => value.nullable !== false),
  }));
  const lines = rows.map((_, at) => `(${unified.map(({ values }) => values[at]?.sql).join(', ')})`);
  const list = columns.map((column) => quoteName(column.name)).join(', ');
  return { sql: `SELECT * FROM (VALUES ${lines.join(', ')}) AS "_sf_values"(${list})`, columns };
}

/** ORDER BY, LIMIT and OFFSET over named outputs. */
function lowerTail(fields: Fields, columns: readonly FrameColumn[], lowering: Lowering): string {
  const order = record(fields, 'order_by');
  const frame = new Frame(lowering.frame);
  frame.relations.push({
    alias: '_sf_nested',
    columns: columns.map((c) => ({ ...c, sql: quoteName(c.name) })),
  });
  const outputs = new Set(columns.map((column) => column.name));
  const items = order
    ? outputOrder(records(order, 'expressions'), outputs, lowering.within(frame))
    : [];
  const by = items.length > 0 ? ` ORDER BY ${items.join(', ')}` : '';
  return by + lowerLimit(fields, lowering);
}

/** LIMIT, OFFSET, FETCH and TOP; NULL and '' mean none. */
export function lowerLimit(fields: Fields, lowering: Lowering): string {
  const count = (holder: Fields | undefined, name: string) => {
    const value = holder ? optionalNode(holder, name) : undefined;
    if (!value || kindOf(value) === 'null') return undefined;
    return lowering.expression(value).constant;
  };
  const limit =
    count(record(fields, 'limit'), 'this') ??
    count(record(fields, 'fetch'), 'count') ??
    count(record(fields, 'top'), 'this');
  const offset = count(record(fields, 'offset'), 'this');
  return `${limit ? ` LIMIT ${limit}` : ''}${offset ? ` OFFSET ${offset}` : ''}`;
}

function lowerWith(clause: Fields | undefined, lowering: Lowering): string {
  if (!clause) return '';
  only('WITH', clause, ['ctes', 'recursive']);
  const isRecursive = clause.recursive === true;
  const tables = records(clause, 'ctes').map((table) =>
    lowerCommonTable(table, isRecursive, lowering),
  );
  const recursive = tables.some((table) => table.recursive) ? 'RECURSIVE ' : '';
  return `WITH ${recursive}${tables.map((table) => table.sql).join(', ')} `;
}

function renamed(columns: readonly FrameColumn[], given: readonly string[]): FrameColumn[] {
  return columns.map(({ name, type, nullable }, index) => ({
    name: given[index] ?? name,
    type,
    nullable,
  }));
}

/**
 * The name a common table has in DuckDB: it may not hide a table that the engine's names refer to.
 */
function lowerCommonTable(table: Fields, isRecursive: boolean, lowering: Lowering) {
  only('WITH', table, ['alias', 'this', 'columns', 'materialized']);
  const name = nameOf(table, 'alias') ?? '';
  const given = names(table, 'columns');
  const body = node(table, 'this');
  const anchor = recursiveAnchor(name, body);
  const query = anchor
    ? lowerRecursion(name, given, fieldsOf(body), lowering)
    : lowerQuery(body, lowering);
  const columns = renamed(query.columns, given);
  lowering.frame.addCommonTable(name, { columns });
  const list = columns.map((column) => quoteName(column.name)).join(', ');
  return { sql: `${quoteName(name)}(${list}) AS (${query.sql})`, recursive: isRecursive || anchor };
}

/**
 * Whether a common table is a union whose right side reads the table itself; Snowflake needs no
 * RECURSIVE.
 */
function recursiveAnchor(name: string, body: Node): boolean {
  if (kindOf(body) !== 'union') return false;
  const text = JSON.stringify(fieldsOf(body).right);
  return text.includes(`"table":{"name":{"name":${JSON.stringify(name)}`);
}

function lowerRecursion(
  name: string,
  given: readonly string[],
  union: Fields,
  lowering: Lowering,
): TypedQuery {
  const anchor = lowerQuery(node(union, 'left'), lowering);
  const columns = renamed(anchor.columns, given).map((column) => ({
    ...column,
    type: widened(column.type),
    nullable: true,
  }));
  lowering.frame.addCommonTable(name, { columns });
  const first = fitColumns(anchor, columns, lowering);
  const step = lowerQuery(node(union, 'right'), lowering);
  const next = fitColumns(step, columns, lowering);
  return { sql: `${first} UNION ALL ${next}`, columns };
}

/** The recursion may grow what the anchor starts with. */
function widened(type: SnowflakeType | null): SnowflakeType | null {
  if (type?.name === 'NUMBER') return { ...INTEGER, scale: type.scale ?? 0 };
  return type?.name === 'TEXT' ? TEXT : type;
}

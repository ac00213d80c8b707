import { compilationError, unknownFunction, unsupported } from '../errors.ts';
import { condition } from '../expression/comparison.ts';
import type { Lowering } from '../expression/lowering.ts';
import type { Rewrite } from '../expression/rewrite.ts';
import { quoteText, type Typed, typed } from '../expression/typed.ts';
import { orderItems } from '../query/order.ts';
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
  record,
  records,
} from '../syntax/node.ts';
import { TEXT } from '../types/names.ts';
import { Call, type CallClauses, NO_CLAUSES } from './call.ts';
import { findFunction } from './registry.ts';

/** The Snowflake name of a call: the parser only sees its index. */
export function calledName(fields: Fields, lowering: Lowering): string {
  const written = nameOf(fields, 'name') ?? '';
  const index = /^F(\d+)$/.exec(written)?.[1];
  const name = index === undefined ? undefined : lowering.source.functions[Number(index)];
  if (name === undefined) throw unknownFunction(written);
  return name;
}

function lowerCall(fields: Fields, lowering: Lowering, clauses: CallClauses): Typed {
  const name = calledName(fields, lowering);
  const entry = findFunction(name);
  const call = new Call(name, nodes(fields, 'args'), lowering, clauses);
  if (!entry) return engineFunction(call);
  call.requireCount(entry.min, entry.max);
  if (entry.kind === 'window' && clauses.over === undefined) {
    throw compilationError(
      '002303',
      '42601',
      `Missing window specification for function [${name}]`,
    );
  }
  if (entry.kind === 'scalar' && clauses.over !== undefined) {
    throw compilationError(
      '002303',
      '42601',
      `Window function type does not support OVER: ${name}`,
    );
  }
  return entry.lower(call);
}

/** A function the engine knows, its arguments literals. */
function engineFunction(call: Call): Typed {
  const answer = call.lowering.scope.systemFunction;
  const found = answer ? engineAnswer(call) : undefined;
  if (found) return found;
  throw unknownFunction(call.name);
}

function engineAnswer(call: Call): Typed | undefined {
  const { scope } = call.lowering;
  if (!call.name.startsWith('SYSTEM$') && call.count > 0) return undefined;
  const args = call.args().map((_, index) => call.constant(index));
  const found = scope.systemFunction?.(call.name, args);
  if (!found) return undefined;
  if ('sql' in found) return typed(found.sql, found.type);
  if (found.value === null) return typed('CAST(NULL AS VARCHAR)', TEXT);
  const value: Typed = { sql: quoteText(found.value), type: TEXT, constant: found.value };
  return call.lowering.convert(value, found.type);
}

const PLAIN = ['name', 'args', 'distinct'];

const plainCall: Rewrite = (fields, lowering) => {
  only('function', fields, PLAIN);
  return lowerCall(fields, lowering, { ...NO_CLAUSES, distinct: fields.distinct === true });
};

function aggregateClauses(fields: Fields, lowering: Lowering): CallClauses {
  only('aggregate', fields, [...PLAIN, 'filter', 'ignore_nulls', 'order_by']);
  const filter = optionalNode(fields, 'filter');
  return {
    ...NO_CLAUSES,
    distinct: fields.distinct === true,
    ignoreNulls: fields.ignore_nulls === true,
    filter: filter ? ` FILTER (WHERE ${condition(filter, lowering)})` : '',
  };
}

const aggregateCall: Rewrite = (fields, lowering) =>
  lowerCall(fields, lowering, aggregateClauses(fields, lowering));

function withinClauses(fields: Fields, lowering: Lowering): CallClauses {
  const inner = fieldsOf(node(fields, 'this'));
  const order = records(fields, 'order_by');
  const first = order[0] ? lowering.expression(node(order[0], 'this')) : undefined;
  return {
    ...aggregateClauses(inner, lowering),
    within: orderItems(order, lowering).join(', '),
    withinFirst: first,
  };
}

const withinGroup: Rewrite = (fields, lowering) => {
  only('WITHIN GROUP', fields, ['this', 'order_by']);
  return lowerCall(fieldsOf(node(fields, 'this')), lowering, withinClauses(fields, lowering));
};

const BOUNDS: Readonly<Record<string, string>> = {
  UnboundedPreceding: 'UNBOUNDED PRECEDING',
  UnboundedFollowing: 'UNBOUNDED FOLLOWING',
  CurrentRow: 'CURRENT ROW',
};

function bound(value: unknown, lowering: Lowering): string {
  if (typeof value === 'string') return BOUNDS[value] ?? 'CURRENT ROW';
  const [side, distance] = Object.entries(value as Record<string, Node>)[0] ?? [];
  if (!distance || (side !== 'Preceding' && side !== 'Following'))
    throw unsupported('that window frame');
  const { constant } = lowering.expression(distance);
  if (constant === undefined) throw unsupported('a window frame that is not constant');
  return `${constant} ${side.toUpperCase()}`;
}

function frameText(frame: Fields, lowering: Lowering): string {
  only('window frame', frame, ['kind', 'start', 'end']);
  const start = bound(frame.start, lowering);
  const kind = String(frame.kind).toUpperCase();
  if (!frame.end) return ` ${kind} ${start}`;
  return ` ${kind} BETWEEN ${start} AND ${bound(frame.end, lowering)}`;
}

/** Functions whose frame, when none is given, is the whole partition. */
const WHOLE_PARTITION: ReadonlySet<string> = new Set(['FIRST_VALUE', 'LAST_VALUE', 'NTH_VALUE']);
const FRAMELESS: ReadonlySet<string> = new Set([
  'ROW_NUMBER',
  'RANK',
  'DENSE_RANK',
  'PERCENT_RANK',
  'CUME_DIST',
  'NTILE',
  'LAG',
  'LEAD',
]);

function overText(over: Fields, name: string, lowering: Lowering): string {
  only('OVER', over, ['partition_by', 'order_by', 'frame']);
  const partition = lowering.expressions(nodes(over, 'partition_by')).map((value) => value.sql);
  const order = orderItems(records(over, 'order_by'), lowering);
  const frame = record(over, 'frame');
  const parts = [
    partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '',
    order.length > 0 ? `ORDER BY ${order.join(', ')}` : '',
  ].filter((part) => part !== '');
  const whole = WHOLE_PARTITION.has(name) && order.length > 0 && !frame;
  const tail = frame && !FRAMELESS.has(name) ? frameText(frame, lowering) : '';
  const span = whole ? ' ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING' : tail;
  return ` OVER (${parts.join(' ')}${span})`;
}

const windowCall: Rewrite = (fields, lowering) => {
  only('window function', fields, ['this', 'over']);
  const inner = node(fields, 'this');
  const kind = kindOf(inner);
  const isWithin = kind === 'within_group';
  const called = isWithin ? fieldsOf(node(fieldsOf(inner), 'this')) : fieldsOf(inner);
  if (!/^(function|aggregate_function|within_group)$/.test(kind))
    throw unsupported(`OVER after ${kind}`);
  const clauses = isWithin
    ? withinClauses(fieldsOf(inner), lowering)
    : aggregateClauses(called, lowering);
  const over = overText(record(fields, 'over') ?? {}, calledName(called, lowering), lowering);
  return lowerCall(called, lowering, { ...clauses, over });
};

export const CALL_REWRITES: Readonly<Record<string, Rewrite>> = {
  function: plainCall,
  aggregate_function: aggregateCall,
  within_group: withinGroup,
  window_function: windowCall,
};

import type { Lowering } from '../expression/lowering.ts';
import { quoteName, type Typed } from '../expression/typed.ts';
import {
  type Fields,
  fieldsOf,
  kindOf,
  nameOf,
  node,
  only,
  record,
  records,
} from '../syntax/node.ts';
import { isSemiStructured } from '../types/names.ts';

/**
 * NULLs count as greater than any value unless said.
 * https://docs.snowflake.com/en/sql-reference/constructs/order-by
 */
function direction(item: Fields): string {
  const descending = item.desc === true;
  const first = typeof item.nulls_first === 'boolean' ? item.nulls_first : descending;
  return `${descending ? ' DESC' : ' ASC'} NULLS ${first ? 'FIRST' : 'LAST'}`;
}

/** VARIANT numbers sort as numbers, before texts. */
function sortKeys(value: Typed): string[] {
  if (!isSemiStructured(value.type)) return [value.sql];
  return [`TRY_CAST(CAST(${value.sql} AS VARCHAR) AS DOUBLE)`, value.sql];
}

/** The items of an ORDER BY inside OVER or WITHIN GROUP. */
export function orderItems(items: readonly Fields[], lowering: Lowering): string[] {
  return items.flatMap((item) => {
    only('ORDER BY', item, ['this', 'desc', 'nulls_first']);
    const value = lowering.expression(node(item, 'this'));
    return sortKeys(value).map((sql) => `${sql}${direction(item)}`);
  });
}

/**
 * The items of a query's ORDER BY: positions and names of the output count before columns of FROM.
 */
export function outputOrder(
  items: readonly Fields[],
  outputs: ReadonlySet<string>,
  lowering: Lowering,
): string[] {
  return items.flatMap((item) => {
    only('ORDER BY', item, ['this', 'desc', 'nulls_first']);
    const subject = node(item, 'this');
    const fields = fieldsOf(subject);
    const name = nameOf(fields, 'name');
    if (kindOf(subject) === 'literal' && fields.literal_type === 'number') {
      return [`${fields.value}${direction(item)}`];
    }
    const isOutput = kindOf(subject) === 'column' && !nameOf(fields, 'table');
    if (isOutput && name !== undefined && outputs.has(name)) {
      return [`${quoteName(name)}${direction(item)}`];
    }
    return orderItems([item], lowering);
  });
}

/** Whether the order is ALL, and no column of that name; https://docs.snowflake.com/en/sql-reference/constructs/order-by */
export function isOrderByAll(
  order: Fields,
  outputs: readonly { readonly name: string }[],
): boolean {
  const [item, ...others] = records(order, 'expressions');
  if (!item || others.length > 0 || outputs.some(({ name }) => name === 'ALL')) return false;
  const subject = node(item, 'this');
  const name = record(fieldsOf(subject), 'name');
  return kindOf(subject) === 'column' && name?.name === 'ALL' && name.quoted !== true;
}

/** ORDER BY ALL: every column of the output, from left to right, in the same direction. */
export function orderByAll(order: Fields, outputs: readonly unknown[]): string {
  const [item] = records(order, 'expressions');
  const how = direction(item as Fields);
  return ` ORDER BY ${outputs.map((_, at) => `${at + 1}${how}`).join(', ')}`;
}

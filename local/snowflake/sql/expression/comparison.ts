import type { SnowflakeType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { fieldsOf, kindOf, type Node, node, nodes, only, optionalNode } from '../syntax/node.ts';
import {
  BOOLEAN,
  isSemiStructured,
  isTimestamp,
  numberType,
  TEXT,
  TIMESTAMP_LTZ,
  TIMESTAMP_NTZ,
} from '../types/names.ts';
import type { Lowering } from './lowering.ts';
import type { Rewrite } from './rewrite.ts';
import { quoteText, type Typed, typed } from './typed.ts';

/** What a VARIANT is read as beside a NUMBER: wide enough for ids, exact enough for money. */
const VARIANT_AS_NUMBER = numberType(38, 9);

/**
 * Makes the sides comparable; a TIMESTAMP_TZ counts by its instant, a VARIANT as the other side's
 * type.
 */
export function comparable(sides: readonly Typed[], lowering: Lowering): string[] {
  const plain = sides.find((side) => side.type && !isSemiStructured(side.type))?.type;
  const read = sides.map((side) =>
    plain && isSemiStructured(side.type) ? lowering.convert(side, besideVariant(plain)) : side,
  );
  const texts = lowering.textsAsNumbers(read).map((side) => stampedDate(side, read));
  const allNumbers = texts.every((side) => side.type?.name === 'NUMBER');
  const values = allNumbers ? texts : lowering.unify(texts).values;
  return values.map((value) =>
    value.type?.name === 'TIMESTAMP_TZ' ? lowering.sqlAs(value, TIMESTAMP_LTZ) : value.sql,
  );
}

function besideVariant(type: SnowflakeType): SnowflakeType {
  if (type.name === 'NUMBER') return VARIANT_AS_NUMBER;
  return type.name === 'TEXT' ? TEXT : type;
}

/** A date beside a timestamp: one beyond the timestamps' range counts as their end. */
function stampedDate(side: Typed, all: readonly Typed[]): Typed {
  const isBeside = all.some((each) => isTimestamp(each.type));
  if (side.type?.name !== 'DATE' || !isBeside) return side;
  return typed(`sf_date_stamp(${side.sql})`, TIMESTAMP_NTZ);
}

function comparison(operator: string): Rewrite {
  return (fields, lowering) => {
    const [left, right] = [node(fields, 'left'), node(fields, 'right')];
    if (kindOf(left) === 'tuple') return compareTuples(operator, left, right, lowering);
    const sides = comparable(lowering.expressions([left, right]), lowering);
    return typed(`(${sides.join(` ${operator} `)})`, BOOLEAN);
  };
}

function compareTuples(operator: string, left: Node, right: Node, lowering: Lowering): Typed {
  const [a, b] = [left, right].map((side) =>
    lowering.expressions(nodes(fieldsOf(side), 'expressions')),
  );
  const pairs = (a ?? []).map((side, index) =>
    comparable([side, ...(b?.[index] ? [b[index]] : [])], lowering),
  );
  const rows = [0, 1].map((index) => `(${pairs.map((pair) => pair[index]).join(', ')})`);
  return typed(`(${rows.join(` ${operator} `)})`, BOOLEAN);
}

function logical(operator: string): Rewrite {
  return (fields, lowering) => {
    const sides = [node(fields, 'left'), node(fields, 'right')].map((side) =>
      condition(side, lowering),
    );
    return typed(`(${sides.join(` ${operator} `)})`, BOOLEAN);
  };
}

/** A node as a condition: BOOLEAN, or converted to it. */
export function condition(expression: Node, lowering: Lowering): string {
  return lowering.sqlAs(lowering.expression(expression), BOOLEAN);
}

function not(fields: Parameters<Rewrite>[0], sql: string): Typed {
  return typed(fields.not === true ? `(NOT ${sql})` : sql, BOOLEAN);
}

const isIn: Rewrite = (fields, lowering) => {
  only('in', fields, ['this', 'expressions', 'query', 'not']);
  const subject = node(fields, 'this');
  const query = optionalNode(fields, 'query');
  if (query) {
    const left =
      kindOf(subject) === 'tuple'
        ? lowering.expressions(nodes(fieldsOf(subject), 'expressions'))
        : [lowering.expression(subject)];
    return not(fields, inQuery(left, query, lowering));
  }
  if (kindOf(subject) === 'tuple') {
    const choices = nodes(fields, 'expressions').map(
      (each) => compareTuples('=', subject, each, lowering).sql,
    );
    return not(fields, `(${choices.join(' OR ')})`);
  }
  const values = comparable(
    lowering.expressions([subject, ...nodes(fields, 'expressions')]),
    lowering,
  );
  return not(fields, `(${values[0]} IN (${values.slice(1).join(', ')}))`);
};

/** `x IN (SELECT …)`: the query's columns are brought to the common type inside. */
function inQuery(left: readonly Typed[], query: Node, lowering: Lowering): string {
  const { sql, columns } = lowering.query(query);
  const names = columns.map((_, index) => `"_sf_${index}"`);
  const pairs = left.map((side, index) =>
    comparable(
      [side, { sql: `"_sf_in".${names[index]}`, type: columns[index]?.type ?? null }],
      lowering,
    ),
  );
  const items = pairs.map((pair) => pair[1]).join(', ');
  const subject =
    left.length === 1 ? pairs[0]?.[0] : `(${pairs.map((pair) => pair[0]).join(', ')})`;
  return `(${subject} IN (SELECT ${left.length === 1 ? items : `(${items})`} FROM (${sql}) AS "_sf_in"(${names.join(', ')})))`;
}

const between: Rewrite = (fields, lowering) => {
  only('between', fields, ['this', 'low', 'high', 'not', 'symmetric']);
  const [value, low, high] = lowering.expressions([
    node(fields, 'this'),
    node(fields, 'low'),
    node(fields, 'high'),
  ]) as [Typed, Typed, Typed];
  const [a, b] = comparable([value, low], lowering);
  const [c, d] = comparable([value, high], lowering);
  return not(fields, `(${a} >= ${b} AND ${c} <= ${d})`);
};

/** LIKE and ILIKE, also ANY and ALL of a list; a backslash escapes only when ESCAPE says so. */
function like(operator: 'LIKE' | 'ILIKE'): Rewrite {
  return (fields, lowering) => {
    only(operator, fields, ['left', 'right', 'quantifier', 'escape', 'not']);
    const subject = lowering.sqlAs(lowering.expression(node(fields, 'left')), TEXT);
    const character = optionalNode(fields, 'escape');
    const suffix = character ? ` ESCAPE ${lowering.expression(character).sql}` : '';
    const right = node(fields, 'right');
    const patterns = fields.quantifier ? nodes(fieldsOf(right), 'args') : [right];
    const tests = lowering
      .expressions(patterns)
      .map((pattern) => `${subject} ${operator} ${lowering.sqlAs(pattern, TEXT)}${suffix}`);
    const joined = tests.join(fields.quantifier === 'ALL' ? ' AND ' : ' OR ');
    return not(fields, `(${joined})`);
  };
}

const rlike: Rewrite = (fields, lowering) => {
  only('RLIKE', fields, ['this', 'pattern', 'not']);
  const [subject, pattern] = lowering
    .expressions([node(fields, 'this'), node(fields, 'pattern')])
    .map((side) => lowering.sqlAs(side, TEXT));
  return not(fields, `regexp_full_match(${subject}, ${pattern})`);
};

const isNull: Rewrite = (fields, lowering) => {
  const value = lowering.expression(node(fields, 'this'));
  return typed(`(${value.sql} IS ${fields.not === true ? 'NOT ' : ''}NULL)`, BOOLEAN);
};

function isBoolean(word: 'TRUE' | 'FALSE'): Rewrite {
  return (fields, lowering) => {
    const sql = condition(node(fields, 'this'), lowering);
    return typed(`(${sql} IS ${fields.not === true ? 'NOT ' : ''}${word})`, BOOLEAN);
  };
}

const quantified: Rewrite = (fields, lowering) => {
  const operators: Readonly<Record<string, string>> = {
    Eq: '=',
    Neq: '<>',
    Lt: '<',
    Lte: '<=',
    Gt: '>',
    Gte: '>=',
  };
  const operator = operators[String(fields.op)];
  if (!operator) throw unsupported(`ANY with ${quoteText(String(fields.op))}`);
  const left = lowering.expression(node(fields, 'this'));
  const { sql, columns } = lowering.query(node(fields, 'subquery'));
  const type = columns[0]?.type ?? null;
  const [a, b] = comparable([left, { sql: '"_sf_any"."_sf_0"', type }], lowering);
  return typed(`(${a} ${operator} ANY (SELECT ${b} FROM (${sql}) AS "_sf_any"("_sf_0")))`, BOOLEAN);
};

export const COMPARISON_REWRITES: Readonly<Record<string, Rewrite>> = {
  eq: comparison('='),
  neq: comparison('<>'),
  lt: comparison('<'),
  lte: comparison('<='),
  gt: comparison('>'),
  gte: comparison('>='),
  null_safe_eq: comparison('IS NOT DISTINCT FROM'),
  null_safe_neq: comparison('IS DISTINCT FROM'),
  and: logical('AND'),
  or: logical('OR'),
  not: (fields, lowering) => typed(`(NOT ${condition(node(fields, 'this'), lowering)})`, BOOLEAN),
  in: isIn,
  between,
  like: like('LIKE'),
  i_like: like('ILIKE'),
  regexp_like: rlike,
  r_like: rlike,
  is_null: isNull,
  is_true: isBoolean('TRUE'),
  is_false: isBoolean('FALSE'),
  any: quantified,
};

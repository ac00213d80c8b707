import { duckdbType, type SnowflakeType } from '../../types.ts';
import { syntaxError } from '../errors.ts';
import type { Node } from '../syntax/node.ts';
import { type Fields, nameOf, node, only, optionalNode, record } from '../syntax/node.ts';
import { BOOLEAN, INTEGER, isSemiStructured, VARIANT } from '../types/names.ts';
import { comparable, condition } from './comparison.ts';
import type { ConvertMode } from './convert.ts';
import type { Lowering } from './lowering.ts';
import type { Rewrite } from './rewrite.ts';
import { NULL_VALUE, quoteText, type Typed, typed } from './typed.ts';

function typeOf(fields: Fields, { source }: Lowering): SnowflakeType {
  const name = nameOf(record(fields, 'to') ?? {}, 'name') ?? '';
  const type = source.types[Number(/^T(\d+)$/.exec(name)?.[1] ?? -1)];
  if (type) return type;
  throw syntaxError(source.source, 0, name);
}

function cast(mode: ConvertMode): Rewrite {
  return (fields, lowering) => {
    only('CAST', fields, ['this', 'to']);
    const value = lowering.expression(node(fields, 'this'));
    return lowering.convert(value, typeOf(fields, lowering), mode);
  };
}

const choose: Rewrite = (fields, lowering) => {
  only('CASE', fields, ['operand', 'whens', 'else_']);
  const branches = fields.whens as readonly (readonly [Node, Node])[];
  const operand = optionalNode(fields, 'operand');
  const subject = operand ? lowering.expression(operand) : undefined;
  const conditions = branches.map(([test]) =>
    subject
      ? `(${comparable([subject, lowering.expression(test)], lowering).join(' = ')})`
      : condition(test, lowering),
  );
  const otherwise = optionalNode(fields, 'else_');
  const results = branches.map(([, result]) => lowering.expression(result));
  const last = otherwise ? lowering.expression(otherwise) : NULL_VALUE;
  return caseOf(conditions, [...results, last], lowering);
};

/** CASE with its branches at their common type; the last value is the ELSE. */
export function caseOf(
  conditions: readonly string[],
  results: readonly Typed[],
  lowering: Lowering,
): Typed {
  const { values, type } = lowering.unify(results);
  const whens = conditions.map((test, index) => `WHEN ${test} THEN ${values[index]?.sql}`);
  return typed(`CASE ${whens.join(' ')} ELSE ${values.at(-1)?.sql} END`, type);
}

/** A step into a VARIANT, OBJECT or ARRAY; a missing one is NULL. */
const subscript: Rewrite = (fields, lowering) => {
  only('[ ]', fields, ['this', 'index']);
  const value = lowering.expression(node(fields, 'this'));
  return step(value, lowering.expression(node(fields, 'index')), lowering);
};

const JSON_PATH = /^json_extract\((.*), '(\$(?:[^']|'')*)'\)$/s;

export function step(value: Typed, index: Typed, lowering: Lowering): Typed {
  const base = isSemiStructured(value.type) ? value : lowering.convert(value, VARIANT);
  const isText = index.type?.name === 'TEXT';
  if (index.constant !== undefined && /^\d+$|./.test(index.constant)) {
    const next = isText ? `."${index.constant.replaceAll('"', '\\"')}"` : `[${index.constant}]`;
    const [, inner, path] = JSON_PATH.exec(base.sql) ?? [undefined, base.sql, '$'];
    const whole = `${path?.replaceAll("''", "'")}${next}`;
    return typed(`json_extract(${inner}, ${quoteText(whole)})`, VARIANT);
  }
  if (isText || isSemiStructured(index.type)) {
    const key = lowering.convert(index, { name: 'TEXT', length: 16_777_216 }).sql;
    return typed(`sf_get_key(${base.sql}, ${key})`, VARIANT);
  }
  return typed(
    `json_extract(${base.sql}, CAST(${lowering.sqlAs(index, INTEGER)} AS BIGINT))`,
    VARIANT,
  );
}

const subquery: Rewrite = (fields, lowering) => {
  only('subquery', fields, ['this', 'order_by', 'limit', 'offset']);
  const { sql, columns } = lowering.query({ subquery: fields });
  return typed(`(${sql})`, columns[0]?.type ?? null);
};

const exists: Rewrite = (fields, lowering) => {
  only('EXISTS', fields, ['this', 'not']);
  const { sql } = lowering.query(node(fields, 'this'));
  return typed(`(${fields.not === true ? 'NOT ' : ''}EXISTS (${sql}))`, BOOLEAN);
};

/** An untyped NULL as SQL of a type, for DuckDB functions that need one. */
export function typedNull(type: SnowflakeType): string {
  return `CAST(NULL AS ${duckdbType(type)})`;
}

export const STRUCTURE_REWRITES: Readonly<Record<string, Rewrite>> = {
  cast: cast('cast'),
  try_cast: cast('try'),
  case: choose,
  subscript,
  subquery,
  exists,
};

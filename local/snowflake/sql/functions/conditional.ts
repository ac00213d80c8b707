import { divide, numeric, resultType } from '../expression/arithmetic.ts';
import { comparable } from '../expression/comparison.ts';
import { caseOf } from '../expression/structure.ts';
import { NULL_VALUE, type Typed, typed } from '../expression/typed.ts';
import { BOOLEAN, FLOAT, INTEGER } from '../types/names.ts';
import type { Call } from './call.ts';
import { aliases, custom, type FunctionFamily, scalar } from './entry.ts';

function coalesce(call: Call): Typed {
  const { values, type } = call.lowering.unify(call.args());
  return typed(`COALESCE(${values.map((value) => value.sql).join(', ')})`, type);
}

function iff(call: Call): Typed {
  return caseOf([call.boolean(0)], [call.arg(1), call.arg(2)], call.lowering);
}

function nvl2(call: Call): Typed {
  return caseOf([`${call.arg(0).sql} IS NOT NULL`], [call.arg(1), call.arg(2)], call.lowering);
}

/** NULL equals NULL in DECODE; https://docs.snowflake.com/en/sql-reference/functions/decode */
function decode(call: Call): Typed {
  const subject = call.arg(0);
  const rest = call.args(1);
  const pairs = Math.floor(rest.length / 2);
  const conditions = Array.from({ length: pairs }, (_, index) =>
    comparable([subject, rest[index * 2] ?? NULL_VALUE], call.lowering).join(
      ' IS NOT DISTINCT FROM ',
    ),
  );
  const results = Array.from({ length: pairs }, (_, index) => rest[index * 2 + 1] ?? NULL_VALUE);
  const last = rest.length % 2 === 1 ? (rest.at(-1) ?? NULL_VALUE) : NULL_VALUE;
  return caseOf(conditions, [...results, last], call.lowering);
}

function nullIf(call: Call): Typed {
  const value = call.arg(0);
  const [left, right] = comparable([value, call.arg(1)], call.lowering);
  return typed(`CASE WHEN ${left} = ${right} THEN NULL ELSE ${value.sql} END`, value.type);
}

function extreme(name: 'greatest' | 'least', ignoreNulls: boolean) {
  return custom(1, Infinity, (call) => {
    const { values, type } = call.lowering.unify(call.args());
    const list = values.map((value) => value.sql);
    const best = `${name}(${list.join(', ')})`;
    if (ignoreNulls) return typed(best, type);
    const missing = list.map((sql) => `${sql} IS NULL`).join(' OR ');
    return typed(`CASE WHEN ${missing} THEN NULL ELSE ${best} END`, type);
  });
}

/** DIV0 and DIV0NULL: a division that gives 0 for a divisor of 0 (or NULL). */
function divideOrZero(orNull: boolean) {
  return custom(2, 2, (call) => divideOr(call, orNull));
}

function divideOr(call: Call, orNull: boolean): Typed {
  const { lowering } = call;
  const [left, right] = [numeric(call.arg(0), lowering), numeric(call.arg(1), lowering)];
  const isZero = orNull ? `COALESCE(${right.sql}, 0) = 0` : `${right.sql} = 0`;
  const zero = `CASE WHEN ${left.sql} IS NULL THEN NULL ELSE 0 END`;
  const safe = { ...right, sql: `CASE WHEN ${isZero} THEN NULL ELSE ${right.sql} END` };
  if (left.type?.name === 'FLOAT' || right.type?.name === 'FLOAT') {
    const [a, b] = [lowering.sqlAs(left, FLOAT), lowering.sqlAs(safe, FLOAT)];
    return typed(`CASE WHEN ${isZero} THEN CAST(${zero} AS DOUBLE) ELSE ${a} / ${b} END`, FLOAT);
  }
  const type = resultType('/', left.type ?? INTEGER, right.type ?? INTEGER);
  const quotient = divide(left, safe, type);
  return typed(
    `CASE WHEN ${isZero} THEN ${lowering.sqlAs(typed(`CAST(${zero} AS DECIMAL(38,0))`, INTEGER), type)} ELSE ${quotient} END`,
    type,
  );
}

export const CONDITIONAL: FunctionFamily = {
  name: 'conditional',
  functions: {
    COALESCE: custom(1, Infinity, coalesce),
    ...aliases(custom(2, 2, coalesce), 'NVL', 'IFNULL'),
    NVL2: custom(3, 3, nvl2),
    IFF: custom(3, 3, iff),
    DECODE: custom(3, Infinity, decode),
    NULLIF: custom(2, 2, nullIf),
    EQUAL_NULL: custom(2, 2, (call) =>
      typed(
        `(${comparable([call.arg(0), call.arg(1)], call.lowering).join(' IS NOT DISTINCT FROM ')})`,
        BOOLEAN,
      ),
    ),
    ZEROIFNULL: custom(1, 1, (call) => {
      const value = numeric(call.arg(0), call.lowering);
      return typed(`COALESCE(${value.sql}, 0)`, value.type);
    }),
    NULLIFZERO: custom(1, 1, (call) => {
      const value = numeric(call.arg(0), call.lowering);
      return typed(`CASE WHEN ${value.sql} = 0 THEN NULL ELSE ${value.sql} END`, value.type);
    }),
    GREATEST: extreme('greatest', false),
    LEAST: extreme('least', false),
    GREATEST_IGNORE_NULLS: extreme('greatest', true),
    LEAST_IGNORE_NULLS: extreme('least', true),
    DIV0: divideOrZero(false),
    DIV0NULL: divideOrZero(true),
    BOOLAND: scalar('boolean, boolean', BOOLEAN, (a, b) => `(${a} AND ${b})`),
    BOOLOR: scalar('boolean, boolean', BOOLEAN, (a, b) => `(${a} OR ${b})`),
    BOOLNOT: scalar('boolean', BOOLEAN, (a) => `(NOT ${a})`),
    BOOLXOR: scalar('boolean, boolean', BOOLEAN, (a, b) => `(${a} <> ${b})`),
  },
};

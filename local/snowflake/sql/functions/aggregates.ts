import { duckdbType, type SnowflakeType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { divide, numeric, resultType } from '../expression/arithmetic.ts';
import { type Typed, typed } from '../expression/typed.ts';
import {
  ARRAY,
  BOOLEAN,
  COUNT,
  FLOAT,
  INTEGER,
  numberType,
  OBJECT,
  scaleOf,
  TEXT,
} from '../types/names.ts';
import { type Call, castAs } from './call.ts';
import { aggregate, aliases, type FunctionFamily } from './entry.ts';

function count(call: Call): Typed {
  if (call.count === 0 || call.isStar(0)) return castAs(call.aggregate('count', '*'), COUNT);
  const args = call.args().map((value) => value.sql);
  if (args.length === 1) return castAs(call.aggregate('count', args.join('')), COUNT);
  const anyNull = args.map((sql) => `${sql} IS NULL`).join(' OR ');
  const row = `CASE WHEN ${anyNull} THEN NULL ELSE row(${args.join(', ')}) END`;
  return castAs(call.aggregate('count', row), COUNT);
}

/** SUM of NUMBER(p,s) is NUMBER(38,s). */
function sum(call: Call): Typed {
  const value = numeric(call.arg(0), call.lowering);
  if (value.type?.name === 'FLOAT') return typed(call.aggregate('sum', value.sql), FLOAT);
  const type = numberType(38, scaleOf(value.type ?? INTEGER));
  return castAs(call.aggregate('sum', value.sql), type);
}

/** AVG of a NUMBER is exact: the sum divided by the count. */
function average(call: Call): Typed {
  const value = numeric(call.arg(0), call.lowering);
  if (value.type?.name === 'FLOAT') return typed(call.aggregate('avg', value.sql), FLOAT);
  const from = value.type ?? INTEGER;
  const total = castAs(call.aggregate('sum', value.sql), numberType(38, scaleOf(from)));
  const rows = castAs(`nullif(${call.aggregate('count', value.sql)}, 0)`, COUNT);
  const type = { ...resultType('/', from, COUNT), precision: 38 };
  return typed(divide(total, rows, type), type);
}

function same(name: string) {
  return aggregate(1, 1, (call) => {
    const value = call.arg(0);
    return typed(call.aggregate(name, value.sql), value.type);
  });
}

function float(name: string) {
  return aggregate(1, 1, (call) => typed(call.aggregate(name, call.float(0)), FLOAT));
}

function floats(name: string) {
  return aggregate(2, 2, (call) =>
    typed(call.aggregate(name, `${call.float(0)}, ${call.float(1)}`), FLOAT),
  );
}

function median(call: Call): Typed {
  const value = numeric(call.arg(0), call.lowering);
  const result = call.aggregate('median', call.lowering.sqlAs(value, FLOAT));
  if (value.type?.name === 'FLOAT') return typed(result, FLOAT);
  const scale = scaleOf(value.type ?? INTEGER);
  return castAs(result, numberType(38, Math.min(scale + 3, 12)));
}

function percentile(name: string) {
  return aggregate(1, 1, (call) => {
    const value = call.clauses.withinFirst;
    if (!value) throw unsupported(`${call.name} without WITHIN GROUP`);
    const isNumber = value.type?.name === 'NUMBER' && name === 'quantile_cont';
    const subject = isNumber ? call.lowering.sqlAs(value, FLOAT) : value.sql;
    const sql = call.aggregate(name, `${subject}, ${call.constant(0)}`);
    if (!isNumber || !value.type) return typed(sql, value.type);
    return castAs(sql, numberType(38, Math.min(scaleOf(value.type) + 3, 12)));
  });
}

/** LISTAGG gives the empty string, not NULL, when there is nothing. */
function listAggregate(call: Call): Typed {
  const separator = call.has(1) ? call.text(1) : "''";
  const sql = call.aggregate('string_agg', `${call.text(0)}, ${separator}`, call.clauses.within);
  return typed(`COALESCE(${sql}, '')`, TEXT);
}

function arrayAggregate(call: Call): Typed {
  const value = call.variant(0);
  const filtered = call.clauses.filter === '' ? ` FILTER (WHERE ${value} IS NOT NULL)` : '';
  const over = call.clauses.over ?? '';
  const distinct = call.clauses.distinct ? 'DISTINCT ' : '';
  const order = call.clauses.within ? ` ORDER BY ${call.clauses.within}` : '';
  const list = `list(${distinct}${value}${order})${call.clauses.filter}${filtered}${over}`;
  return typed(`COALESCE(to_json(${list}), CAST('[]' AS JSON))`, ARRAY);
}

function objectAggregate(call: Call): Typed {
  const entry = `{'_sf_k': ${call.text(0)}, '_sf_v': ${call.variant(1)}}`;
  return typed(`sf_object(COALESCE(${call.aggregate('list', entry)}, []))`, OBJECT);
}

function countIf(call: Call): Typed {
  return castAs(call.aggregate('count_if', call.boolean(0)), COUNT);
}

function bestBy(name: string) {
  return aggregate(2, 2, (call) => {
    const value = call.arg(0);
    return typed(call.aggregate(name, `${value.sql}, ${call.arg(1).sql}`), value.type);
  });
}

function booleanAggregate(name: string) {
  return aggregate(1, 1, (call) => typed(call.aggregate(name, call.boolean(0)), BOOLEAN));
}

function bits(name: string) {
  return aggregate(1, 1, (call) => castAs(call.aggregate(name, call.integer(0)), INTEGER));
}

function approximateCount(call: Call): Typed {
  const args = call.isStar(0)
    ? '1'
    : call
        .args()
        .map((value) => value.sql)
        .join(', ');
  return castAs(call.aggregate('approx_count_distinct', args), COUNT);
}

function approximatePercentile(call: Call): Typed {
  return typed(call.aggregate('approx_quantile', `${call.float(0)}, ${call.constant(1)}`), FLOAT);
}

function hashAggregate(call: Call): Typed {
  const values = call.isStar(0)
    ? call.lowering.frame.relations.flatMap((r) => r.columns.map((c) => `"${r.alias}"."${c.name}"`))
    : call.args().map((value) => value.sql);
  const texts = values.map((sql) => `COALESCE(CAST(${sql} AS VARCHAR), chr(0))`);
  const sql = call.aggregate('bit_xor', `hash(${texts.join(', ')})`);
  const type: SnowflakeType = numberType(19, 0);
  return typed(`CAST(CAST(${sql} AS HUGEINT) - 9223372036854775808 AS ${duckdbType(type)})`, type);
}

export const AGGREGATES: FunctionFamily = {
  name: 'aggregates',
  functions: {
    COUNT: aggregate(0, Infinity, count),
    SUM: aggregate(1, 1, sum),
    AVG: aggregate(1, 1, average),
    MIN: same('min'),
    MAX: same('max'),
    ANY_VALUE: same('any_value'),
    MODE: same('mode'),
    MEDIAN: aggregate(1, 1, median),
    PERCENTILE_CONT: percentile('quantile_cont'),
    PERCENTILE_DISC: percentile('quantile_disc'),
    ...aliases(float('stddev_samp'), 'STDDEV', 'STDDEV_SAMP'),
    STDDEV_POP: float('stddev_pop'),
    ...aliases(float('var_samp'), 'VARIANCE', 'VAR_SAMP', 'VARIANCE_SAMP'),
    ...aliases(float('var_pop'), 'VAR_POP', 'VARIANCE_POP'),
    SKEW: float('skewness'),
    KURTOSIS: float('kurtosis'),
    CORR: floats('corr'),
    COVAR_POP: floats('covar_pop'),
    COVAR_SAMP: floats('covar_samp'),
    LISTAGG: aggregate(1, 2, listAggregate),
    ARRAY_AGG: aggregate(1, 1, arrayAggregate),
    OBJECT_AGG: aggregate(2, 2, objectAggregate),
    COUNT_IF: aggregate(1, 1, countIf),
    MAX_BY: bestBy('arg_max'),
    MIN_BY: bestBy('arg_min'),
    BOOLAND_AGG: booleanAggregate('bool_and'),
    BOOLOR_AGG: booleanAggregate('bool_or'),
    BITAND_AGG: bits('bit_and'),
    BITOR_AGG: bits('bit_or'),
    BITXOR_AGG: bits('bit_xor'),
    ...aliases(aggregate(1, Infinity, approximateCount), 'APPROX_COUNT_DISTINCT', 'HLL'),
    APPROX_PERCENTILE: aggregate(2, 2, approximatePercentile),
    HASH_AGG: aggregate(1, Infinity, hashAggregate, "values differ from Snowflake's"),
    ...aliases(
      aggregate(1, Infinity, (call) =>
        castAs(
          `grouping(${call
            .args()
            .map((value) => value.sql)
            .join(', ')})`,
          COUNT,
        ),
      ),
      'GROUPING',
      'GROUPING_ID',
    ),
  },
};

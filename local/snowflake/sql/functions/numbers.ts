import { duckdbType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { arithmetic, numeric } from '../expression/arithmetic.ts';
import { type Typed, typed } from '../expression/typed.ts';
import { COUNT, FLOAT, INTEGER, numberType, precisionOf, scaleOf, TEXT } from '../types/names.ts';
import { type Call, castAs } from './call.ts';
import { aliases, custom, type FunctionFamily, scalar } from './entry.ts';

/** ABS, SIGN and the like on NUMBER or FLOAT. */
function sameNumber(name: string) {
  return custom(1, 1, (call) => {
    const value = numeric(call.arg(0), call.lowering);
    return typed(`${name}(${value.sql})`, value.type);
  });
}

function scaleArgument(call: Call): number {
  return call.has(1) ? Number(call.constant(1)) : 0;
}

/**
 * A whole number scaled by 10^-scale: `round(x * 10^s) / 10^s` for what DuckDB has without a scale.
 */
function stepped(name: 'floor' | 'ceil'): (call: Call) => Typed {
  return (call) => {
    const value = numeric(call.arg(0), call.lowering);
    const scale = scaleArgument(call);
    if (value.type?.name === 'FLOAT') {
      const power = `CAST(1e${scale} AS DOUBLE)`;
      const sql =
        scale === 0 ? `${name}(${value.sql})` : `${name}(${value.sql} * ${power}) / ${power}`;
      return typed(sql, FLOAT);
    }
    const from = value.type ?? INTEGER;
    if (scale >= scaleOf(from)) return value;
    if (scale < 0) throw unsupported(`${name.toUpperCase()} with a negative scale`);
    const type = numberType(precisionOf(from) - scaleOf(from) + scale + 1, scale);
    if (scale === 0) return castAs(`${name}(${value.sql})`, type);
    const power = `1${'0'.repeat(scale)}`;
    const whole = `CAST(${name}(${value.sql} * CAST(${power} AS DECIMAL(${scale + 1},0))) AS DECIMAL(38,0))`;
    return castAs(`${whole} * 0.${'0'.repeat(scale - 1)}1`, type);
  };
}

/** Half away from zero; https://docs.snowflake.com/en/sql-reference/functions/round */
function round(call: Call): Typed {
  const value = numeric(call.arg(0), call.lowering);
  const scale = scaleArgument(call);
  if (value.type?.name === 'FLOAT') return typed(`round(${value.sql}, ${scale})`, FLOAT);
  const from = value.type ?? INTEGER;
  if (scale >= scaleOf(from)) return value;
  const type = numberType(
    precisionOf(from) - scaleOf(from) + Math.max(scale, 0) + 1,
    Math.max(scale, 0),
  );
  return castAs(`round(${value.sql}, ${scale})`, type);
}

function truncate(call: Call): Typed {
  const value = numeric(call.arg(0), call.lowering);
  const scale = scaleArgument(call);
  if (value.type?.name === 'FLOAT') {
    const power = `CAST(1e${scale} AS DOUBLE)`;
    return typed(
      scale === 0 ? `trunc(${value.sql})` : `trunc(${value.sql} * ${power}) / ${power}`,
      FLOAT,
    );
  }
  const from = value.type ?? INTEGER;
  if (scale >= scaleOf(from)) return value;
  if (scale < 0) throw unsupported('TRUNC with a negative scale');
  const type = numberType(precisionOf(from) - scaleOf(from) + scale, scale);
  const power = `CAST(1${'0'.repeat(scale)} AS DECIMAL(${scale + 1},0))`;
  const whole = `CAST(trunc(${value.sql} * ${power}) AS DECIMAL(38,0))`;
  return scale === 0
    ? castAs(`trunc(${value.sql})`, type)
    : castAs(`${whole} * 0.${'0'.repeat(scale - 1)}1`, type);
}

function float(template: (...args: string[]) => string, count = 1) {
  return scalar(Array(count).fill('float').join(', '), FLOAT, template);
}

function modulo(call: Call): Typed {
  return arithmetic('%', call.arg(0), call.arg(1), call.lowering);
}

function bits(operator: string) {
  return scalar('integer, integer', INTEGER, (a, b) => `(${a} ${operator} ${b})`, { cast: true });
}

function uniform(call: Call): Typed {
  const [low, high] = [numeric(call.arg(0), call.lowering), numeric(call.arg(1), call.lowering)];
  if (low.type?.name === 'FLOAT' || high.type?.name === 'FLOAT') {
    const [a, b] = [call.float(0), call.float(1)];
    return typed(`(${a} + random() * (${b} - ${a}))`, FLOAT);
  }
  const type = high.type ?? INTEGER;
  const span = `(${high.sql} - ${low.sql} + 1)`;
  return castAs(
    `${low.sql} + CAST(floor(random() * CAST(${span} AS DOUBLE)) AS DECIMAL(38,0))`,
    type,
  );
}

/** The row's number from 0: GENERATOR's own, or one counted over the result. */
function sequence(call: Call): Typed {
  const generated = call.lowering.frame.relations.find((relation) =>
    relation.alias.startsWith('_sf_generator'),
  );
  const sql = generated ? `"${generated.alias}"."_sf_seq"` : '(row_number() OVER () - 1)';
  return castAs(sql, INTEGER);
}

function widthBucket(call: Call): Typed {
  const [value, low, high] = [call.float(0), call.float(1), call.float(2)];
  const count = call.integer(3);
  return castAs(
    `CASE WHEN ${value} < ${low} THEN 0 WHEN ${value} >= ${high} THEN ${count} + 1
      ELSE floor((${value} - ${low}) / (${high} - ${low}) * ${count}) + 1 END`,
    COUNT,
  );
}

function hash(call: Call): Typed {
  const values = call.args().map((value) => `COALESCE(CAST(${value.sql} AS VARCHAR), chr(0))`);
  const sum = `CAST(hash(${values.join(', ')}) AS HUGEINT) - 9223372036854775808`;
  return typed(`CAST(${sum} AS ${duckdbType(numberType(19, 0))})`, numberType(19, 0));
}

export const NUMBERS: FunctionFamily = {
  name: 'numbers',
  functions: {
    ABS: sameNumber('abs'),
    SIGN: custom(1, 1, (call) =>
      castAs(`sign(${numeric(call.arg(0), call.lowering).sql})`, numberType(1, 0)),
    ),
    ROUND: custom(1, 2, round),
    ...aliases(custom(1, 2, truncate), 'TRUNC', 'TRUNCATE'),
    FLOOR: custom(1, 2, stepped('floor')),
    ...aliases(custom(1, 2, stepped('ceil')), 'CEIL', 'CEILING'),
    MOD: custom(2, 2, modulo),
    SQRT: float((x) => `sqrt(${x})`),
    CBRT: float((x) => `cbrt(${x})`),
    ...aliases(
      float((x, y) => `pow(${x}, ${y})`, 2),
      'POWER',
      'POW',
    ),
    SQUARE: float((x) => `(${x} * ${x})`),
    EXP: float((x) => `exp(${x})`),
    LN: float((x) => `ln(${x})`),
    LOG: float((base, x) => `(ln(${x}) / ln(${base}))`, 2),
    SIN: float((x) => `sin(${x})`),
    COS: float((x) => `cos(${x})`),
    TAN: float((x) => `tan(${x})`),
    ASIN: float((x) => `asin(${x})`),
    ACOS: float((x) => `acos(${x})`),
    ATAN: float((x) => `atan(${x})`),
    ATAN2: float((y, x) => `atan2(${y}, ${x})`, 2),
    DEGREES: float((x) => `degrees(${x})`),
    RADIANS: float((x) => `radians(${x})`),
    PI: scalar('', FLOAT, () => 'pi()'),
    HAVERSINE: float(
      (a, b, c, d) =>
        `(2 * 6371 * asin(sqrt(pow(sin(radians(${c} - ${a}) / 2), 2) + cos(radians(${a})) * cos(radians(${c})) * pow(sin(radians(${d} - ${b}) / 2), 2))))`,
      4,
    ),
    FACTORIAL: scalar('integer', INTEGER, (n) => `factorial(CAST(${n} AS INTEGER))`, {
      cast: true,
    }),
    BITAND: bits('&'),
    BITOR: bits('|'),
    BITXOR: scalar('integer, integer', INTEGER, (a, b) => `xor(${a}, ${b})`, { cast: true }),
    BITNOT: scalar('integer', INTEGER, (a) => `(~${a})`, { cast: true }),
    BITSHIFTLEFT: bits('<<'),
    BITSHIFTRIGHT: bits('>>'),
    WIDTH_BUCKET: custom(4, 4, widthBucket),
    HASH: {
      ...custom(1, Infinity, hash),
      note: "values differ from Snowflake's",
    },
    RANDOM: custom(
      0,
      1,
      () =>
        castAs(
          'CAST(floor((random() - 0.5) * 18446744073709551615) AS HUGEINT)',
          numberType(19, 0),
        ),
      'the seed is ignored',
    ),
    UNIFORM: custom(
      3,
      3,
      uniform,
      'the generator argument is ignored: values are random each time',
    ),
    ...aliases(custom(0, 1, sequence), 'SEQ1', 'SEQ2', 'SEQ4', 'SEQ8'),
    RANDSTR: scalar(
      'integer, any',
      TEXT,
      (n) =>
        `array_to_string(list_transform(range(${n}), lambda _sf_i: substring('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 1 + CAST(floor(random() * 62) AS BIGINT), 1)), '')`,
    ),
    UUID_STRING: scalar('', TEXT, () => 'CAST(uuid() AS VARCHAR)'),
  },
};

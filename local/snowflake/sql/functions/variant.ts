import type { SnowflakeType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { step } from '../expression/structure.ts';
import { quoteText, type Typed, typed } from '../expression/typed.ts';
import { columnValue } from '../query/frame.ts';
import { kindOf } from '../syntax/node.ts';
import {
  ARRAY,
  BINARY,
  BOOLEAN,
  COUNT,
  DATE,
  FLOAT,
  INTEGER,
  isSemiStructured,
  OBJECT,
  TEXT,
  TIME,
  TIMESTAMP_LTZ,
  TIMESTAMP_NTZ,
  TIMESTAMP_TZ,
  VARIANT,
} from '../types/names.ts';
import type { Call } from './call.ts';
import { aliases, custom, type FunctionFamily, scalar } from './entry.ts';
import { VARIANT_MACROS } from './variant-macros.ts';

function parseJson(name: string) {
  return custom(1, 1, (call) => {
    const value = call.arg(0);
    return typed(
      `${name}(${isSemiStructured(value.type) ? `CAST(${value.sql} AS VARCHAR)` : call.text(0)})`,
      VARIANT,
    );
  });
}

/** A pair with a NULL value is left out; OBJECT_CONSTRUCT(*) takes the columns of FROM. */
function objectConstruct(keepNulls: boolean) {
  return custom(0, Infinity, (call) => {
    const pairs = call.isStar(0) ? starPairs(call) : argumentPairs(call);
    if (pairs.length === 0) return typed(`CAST('{}' AS JSON)`, OBJECT);
    const entries = pairs.map(
      ([key, value]) => `{'_sf_k': ${key}, '_sf_v': ${asJson(value, call, keepNulls)}}`,
    );
    return typed(`sf_object([${entries.join(', ')}])`, OBJECT);
  });
}

function asJson(value: Typed, call: Call, keepNulls: boolean): string {
  const sql = value.type ? call.lowering.sqlAs(value, VARIANT) : 'CAST(NULL AS JSON)';
  return keepNulls ? `COALESCE(${sql}, CAST('null' AS JSON))` : sql;
}

function argumentPairs(call: Call): (readonly [string, Typed])[] {
  if (call.count % 2 === 1) throw unsupported('OBJECT_CONSTRUCT with an odd number of arguments');
  return Array.from({ length: call.count / 2 }, (_, index) => [
    call.text(index * 2),
    call.arg(index * 2 + 1),
  ]);
}

function starPairs(call: Call): (readonly [string, Typed])[] {
  if (kindOf(call.node(0)) !== 'star') throw unsupported('OBJECT_CONSTRUCT of that');
  return call.lowering.frame.relations.flatMap((relation) =>
    relation.columns.map(
      (column) => [quoteText(column.name), columnValue(relation, column)] as const,
    ),
  );
}

function arrayOf(values: readonly Typed[], call: Call): string {
  const items = values.map((value) => asJson(value, call, true));
  return items.length === 0 ? `CAST('[]' AS JSON)` : `CAST(to_json([${items.join(', ')}]) AS JSON)`;
}

/** A JSON list expression, list in, list out, back to ARRAY. */
function onList(parameters: string, template: (...args: string[]) => string) {
  return scalar(
    parameters,
    ARRAY,
    (list, ...rest) => `to_json(${template(`sf_list(${list})`, ...rest)})`,
  );
}

const IS_TYPES: Readonly<Record<string, string>> = {
  IS_ARRAY: `'ARRAY'`,
  IS_OBJECT: `'OBJECT'`,
  IS_BOOLEAN: `'BOOLEAN'`,
  IS_INTEGER: `'BIGINT', 'UBIGINT', 'HUGEINT'`,
  IS_DECIMAL: `'BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE'`,
  IS_REAL: `'BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE'`,
  IS_DOUBLE: `'BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE'`,
  ...aliases(`'VARCHAR'`, 'IS_VARCHAR', 'IS_CHAR'),
};

const AS_TYPES: Readonly<Record<string, readonly [SnowflakeType, string]>> = {
  AS_ARRAY: [ARRAY, `'ARRAY'`],
  AS_OBJECT: [OBJECT, `'OBJECT'`],
  AS_BOOLEAN: [BOOLEAN, `'BOOLEAN'`],
  AS_INTEGER: [INTEGER, `'BIGINT', 'UBIGINT', 'HUGEINT'`],
  ...aliases([FLOAT, `'BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE'`] as const, 'AS_REAL', 'AS_DOUBLE'),
  ...aliases([TEXT, `'VARCHAR'`] as const, 'AS_VARCHAR', 'AS_CHAR'),
  AS_DATE: [DATE, `'VARCHAR'`],
  AS_TIME: [TIME, `'VARCHAR'`],
  AS_TIMESTAMP_NTZ: [TIMESTAMP_NTZ, `'VARCHAR'`],
  AS_TIMESTAMP_LTZ: [TIMESTAMP_LTZ, `'VARCHAR'`],
  AS_TIMESTAMP_TZ: [TIMESTAMP_TZ, `'VARCHAR'`],
  AS_BINARY: [BINARY, `'VARCHAR'`],
};

const isFunctions = Object.fromEntries(
  Object.entries(IS_TYPES).map(([name, list]) => [
    name,
    scalar('variant', BOOLEAN, (value) => `(json_type(${value}) IN (${list}))`),
  ]),
);

const asFunctions = Object.fromEntries(
  Object.entries(AS_TYPES).map(([name, [type, list]]) => [
    name,
    custom(1, 1, (call) => {
      const value = typed(
        `CASE WHEN json_type(${call.variant(0)}) IN (${list}) THEN ${call.variant(0)} END`,
        VARIANT,
      );
      return call.lowering.convert(value, type, 'try');
    }),
  ]),
);

function getPath(call: Call): Typed {
  const names = call.constant(1).match(/"[^"]*"|\d+(?=\])|[^.[\]"]+/g) ?? [];
  return names.reduce<Typed>((value, name) => {
    const isIndex = /^\d+$/.test(name) && call.constant(1).includes(`[${name}]`);
    const key = name.replace(/^"|"$/g, '');
    const index = isIndex
      ? { sql: name, type: INTEGER, constant: name }
      : { sql: quoteText(key), type: TEXT, constant: key };
    return step(value, index, call.lowering);
  }, call.arg(0));
}

export const SEMI_STRUCTURED: FunctionFamily = {
  name: 'variant',
  functions: {
    PARSE_JSON: parseJson('sf_parse_json'),
    TRY_PARSE_JSON: parseJson('sf_try_parse_json'),
    CHECK_JSON: scalar(
      'text',
      TEXT,
      (value) =>
        `CASE WHEN ${value} IS NULL OR json_valid(${value}) THEN NULL ELSE 'Error parsing JSON' END`,
    ),
    STRIP_NULL_VALUE: scalar(
      'variant',
      VARIANT,
      (value) => `CASE WHEN json_type(${value}) <> 'NULL' THEN ${value} END`,
    ),
    TO_VARIANT: custom(1, 1, (call) => call.lowering.convert(call.arg(0), VARIANT)),
    TO_ARRAY: custom(1, 1, (call) => {
      const value = call.arg(0);
      if (value.type?.name === 'ARRAY') return value;
      return call.lowering.convert(call.lowering.convert(value, VARIANT), ARRAY);
    }),
    TO_OBJECT: custom(1, 1, (call) => call.lowering.convert(call.arg(0), OBJECT)),
    TYPEOF: scalar('variant', TEXT, (value) => `sf_typeof(${value})`),
    OBJECT_CONSTRUCT: objectConstruct(false),
    OBJECT_CONSTRUCT_KEEP_NULL: objectConstruct(true),
    ARRAY_CONSTRUCT: custom(0, Infinity, (call) => typed(arrayOf(call.args(), call), ARRAY)),
    ARRAY_CONSTRUCT_COMPACT: custom(0, Infinity, (call) =>
      typed(
        `to_json(list_filter(sf_list(${arrayOf(call.args(), call)}), lambda _sf_e: json_type(_sf_e) <> 'NULL'))`,
        ARRAY,
      ),
    ),
    GET: custom(2, 2, (call) => step(call.arg(0), call.arg(1), call.lowering)),
    GET_IGNORE_CASE: scalar(
      'variant, text',
      VARIANT,
      (value, key) =>
        `sf_get_key(${value}, list_filter(json_keys(${value}), lambda _sf_e: lower(_sf_e) = lower(${key}))[1])`,
    ),
    GET_PATH: custom(2, 2, getPath),
    OBJECT_KEYS: scalar('variant', ARRAY, (value) => `to_json(list_sort(json_keys(${value})))`),
    OBJECT_INSERT: custom(
      3,
      4,
      (call) =>
        typed(
          `sf_object_insert(${call.variant(0)}, ${call.text(1)}, ${asJson(call.arg(2), call, false)})`,
          OBJECT,
        ),
      'an existing key is replaced, whatever the update flag',
    ),
    OBJECT_DELETE: custom(2, Infinity, (call) => {
      const keys = call.args(1).map((_, index) => call.text(index + 1));
      return typed(
        `sf_object(list_filter(sf_entries(${call.variant(0)}), lambda _sf_e: NOT list_contains([${keys.join(', ')}], _sf_e._sf_k)))`,
        OBJECT,
      );
    }),
    OBJECT_PICK: custom(2, Infinity, (call) => {
      const keys = call.args(1).map((_, index) => call.text(index + 1));
      return typed(
        `sf_object(list_filter(sf_entries(${call.variant(0)}), lambda _sf_e: list_contains([${keys.join(', ')}], _sf_e._sf_k)))`,
        OBJECT,
      );
    }),
    ARRAY_SIZE: scalar(
      'variant',
      COUNT,
      (value) => `CASE WHEN json_type(${value}) = 'ARRAY' THEN json_array_length(${value}) END`,
      { cast: true },
    ),
    ARRAY_APPEND: onList('array, variant', (list, item) => `list_append(${list}, ${item})`),
    ARRAY_PREPEND: onList('array, variant', (list, item) => `list_prepend(${item}, ${list})`),
    ARRAY_CAT: scalar(
      'array, array',
      ARRAY,
      (a, b) => `to_json(list_concat(sf_list(${a}), sf_list(${b})))`,
    ),
    ARRAY_COMPACT: onList(
      'array',
      (list) => `list_filter(${list}, lambda _sf_e: json_type(_sf_e) <> 'NULL')`,
    ),
    ARRAY_SLICE: onList(
      'array, integer, integer',
      (list, from, to) => `sf_slice(${list}, ${from}, ${to})`,
    ),
    ARRAY_INSERT: onList(
      'array, integer, variant',
      (list, at, item) =>
        `list_concat(list_concat(${list}[1:${at}], [${item}]), ${list}[${at} + 1:])`,
    ),
    ARRAY_REVERSE: onList('array', (list) => `list_reverse(${list})`),
    ARRAY_DISTINCT: onList('array', (list) => `sf_distinct(${list})`),
    ARRAY_SORT: onList('array', (list) => `list_sort(${list})`),
    ARRAY_INTERSECTION: scalar(
      'array, array',
      ARRAY,
      (a, b) =>
        `to_json(list_filter(sf_list(${a}), lambda _sf_e: list_contains(sf_list(${b}), _sf_e)))`,
    ),
    ARRAY_EXCEPT: scalar(
      'array, array',
      ARRAY,
      (a, b) =>
        `to_json(list_filter(sf_list(${a}), lambda _sf_e: NOT list_contains(sf_list(${b}), _sf_e)))`,
    ),
    ARRAYS_OVERLAP: scalar(
      'array, array',
      BOOLEAN,
      (a, b) => `list_has_any(sf_list(${a}), sf_list(${b}))`,
    ),
    ARRAY_CONTAINS: scalar(
      'variant, array',
      BOOLEAN,
      (item, list) => `list_contains(sf_list(${list}), CAST(${item} AS JSON))`,
    ),
    ARRAY_POSITION: scalar(
      'variant, array',
      COUNT,
      (item, list) => `list_position(sf_list(${list}), CAST(${item} AS JSON)) - 1`,
      { cast: true },
    ),
    ARRAY_TO_STRING: scalar(
      'array, text',
      TEXT,
      (list, by) =>
        `array_to_string(list_transform(sf_list(${list}), lambda _sf_e: COALESCE(json_extract_string(_sf_e, '$'), '')), ${by})`,
    ),
    ARRAY_GENERATE_RANGE: scalar(
      'integer, integer, integer?',
      ARRAY,
      (from, to, by = '1') => `to_json(range(${from}, ${to}, ${by}))`,
    ),
    ARRAY_MIN: scalar('array', VARIANT, (list) => `list_min(sf_list(${list}))`),
    ARRAY_MAX: scalar('array', VARIANT, (list) => `list_max(sf_list(${list}))`),
    IS_NULL_VALUE: scalar('variant', BOOLEAN, (value) => `(json_type(${value}) = 'NULL')`),
    ...isFunctions,
    ...asFunctions,
  },
  macros: VARIANT_MACROS,
};

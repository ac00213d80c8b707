import { unsupported } from '../errors.ts';
import { typed } from '../expression/typed.ts';
import { ARRAY, BOOLEAN, COUNT, TEXT } from '../types/names.ts';
import type { Call } from './call.ts';
import { aliases, custom, type FunctionFamily } from './entry.ts';

/** Snowflake's parameters `c`, `i`, `m`, `s`, `e` as RE2 options; DuckDB wants them constant. */
function options(call: Call, index: number): string {
  const letters = call.has(index) ? call.constant(index) : '';
  const known = [...letters].filter((letter) => 'cims'.includes(letter)).join('');
  if (/[^cimse]/.test(letters)) throw unsupported(`regular expression parameter '${letters}'`);
  return known;
}

/** The pattern with its options written into it, so that every DuckDB function takes it. */
function pattern(call: Call, index: number, parameters: number): string {
  const flags = options(call, parameters).replaceAll('c', '');
  const text = call.text(index);
  return flags === '' ? text : `('(?${flags})' || ${text})`;
}

function fullMatch(call: Call) {
  return typed(`regexp_full_match(${call.text(0)}, ${pattern(call, 1, 2)})`, BOOLEAN);
}

/** Subject from a position, counted from 1. */
function subject(call: Call, position: number): string {
  const from = call.has(position) ? call.integer(position) : '1';
  return from === '1' ? call.text(0) : `substring(${call.text(0)}, ${from})`;
}

function group(call: Call): string {
  if (call.has(5)) return call.integer(5);
  return call.has(4) && call.constant(4).includes('e') ? '1' : '0';
}

/** https://docs.snowflake.com/en/sql-reference/functions/regexp_substr */
function substring(call: Call) {
  const occurrence = call.has(3) ? call.integer(3) : '1';
  const found = `regexp_extract_all(${subject(call, 2)}, ${pattern(call, 1, 4)}, ${group(call)})`;
  return typed(`list_extract(${found}, ${occurrence})`, TEXT);
}

function substringAll(call: Call) {
  const found = `regexp_extract_all(${subject(call, 2)}, ${pattern(call, 1, 4)}, ${group(call)})`;
  return typed(`to_json(${found})`, ARRAY);
}

function replace(call: Call) {
  const to = call.has(2) ? call.text(2) : "''";
  const occurrence = call.has(4) ? call.constant(4) : '0';
  if (occurrence !== '0' && occurrence !== '1')
    throw unsupported('REGEXP_REPLACE of a later occurrence');
  const flag = occurrence === '0' ? `, 'g'` : '';
  const from = call.has(3) ? call.integer(3) : '1';
  const replaced = `regexp_replace(${subject(call, 3)}, ${pattern(call, 1, 5)}, ${to}${flag})`;
  return typed(from === '1' ? replaced : `left(${call.text(0)}, ${from} - 1) || ${replaced}`, TEXT);
}

function count(call: Call) {
  const found = `regexp_extract_all(${subject(call, 2)}, ${pattern(call, 1, 3)})`;
  return typed(`CAST(len(${found}) AS DECIMAL(18,0))`, COUNT);
}

/** Position of the first match from 1, or 0. */
function position(call: Call) {
  if (call.has(3) && call.constant(3) !== '1')
    throw unsupported('REGEXP_INSTR of a later occurrence');
  const from = call.has(2) ? call.integer(2) : '1';
  const value = subject(call, 2);
  const matched = `regexp_extract(${value}, ${pattern(call, 1, 5)})`;
  const isFound = `regexp_matches(${value}, ${pattern(call, 1, 5)})`;
  const sql = `CASE WHEN ${isFound} THEN instr(${value}, ${matched}) + ${from} - 1 ELSE 0 END`;
  return typed(`CAST(${sql} AS DECIMAL(18,0))`, COUNT);
}

export const REGULAR_EXPRESSIONS: FunctionFamily = {
  name: 'regular expressions',
  functions: {
    ...aliases(
      custom(2, 3, fullMatch, 'RE2: no back-references, no look-around'),
      'REGEXP_LIKE',
      'RLIKE',
      'REGEXP',
    ),
    ...aliases(custom(2, 6, substring), 'REGEXP_SUBSTR'),
    ...aliases(custom(2, 6, substringAll), 'REGEXP_SUBSTR_ALL', 'REGEXP_EXTRACT_ALL'),
    REGEXP_REPLACE: custom(2, 6, replace),
    REGEXP_COUNT: custom(2, 4, count),
    REGEXP_INSTR: custom(2, 7, position),
  },
};

import { unsupported } from '../errors.ts';
import { NULL_TEXT, quoteText, typed } from '../expression/typed.ts';
import {
  ARRAY,
  BINARY,
  BOOLEAN,
  COUNT,
  isSemiStructured,
  numberType,
  TEXT,
} from '../types/names.ts';
import type { Call } from './call.ts';
import { aliases, custom, type FunctionFamily, likeFirst, scalar } from './entry.ts';

const sameText = (call: Call) => {
  const type = likeFirst(call);
  return type?.name === 'TEXT' ? type : TEXT;
};

function substring(call: Call) {
  const first = call.arg(0);
  const start = call.integer(1);
  const length = call.has(2) ? `, ${call.integer(2)}` : '';
  if (first.type?.name === 'BINARY') {
    const bytes = call.has(2) ? `, 2 * ${call.integer(2)}` : '';
    return typed(`unhex(substring(hex(${first.sql}), 2 * ${start} - 1${bytes}))`, BINARY);
  }
  const from = /^[1-9]\d*$/.test(start) ? start : `sf_start(${start})`;
  return typed(`substring(${call.text(0)}, ${from}${length})`, TEXT);
}

/**
 * CONCAT gives NULL when an argument is NULL;
 * https://docs.snowflake.com/en/sql-reference/functions/concat
 */
function concat(call: Call) {
  if (call.args().some((value) => !value.type)) return NULL_TEXT;
  return typed(
    `(${call
      .args()
      .map((_, index) => call.text(index))
      .join(' || ')})`,
    TEXT,
  );
}

function concatWithSeparator(call: Call) {
  if (call.args().some((value) => !value.type)) return NULL_TEXT;
  const separator = call.text(0);
  const parts = call.args(1).map((_, index) => call.text(index + 1));
  return typed(`(${parts.join(` || ${separator} || `)})`, TEXT);
}

function trim(name: string) {
  return custom(1, 2, (call) => {
    const value = call.arg(0);
    const characters = call.has(1) ? call.text(1) : "' '";
    return typed(
      `${name}(${call.text(0)}, ${characters})`,
      value.type?.name === 'TEXT' ? value.type : TEXT,
    );
  });
}

function splitPart(call: Call) {
  return typed(`sf_split_part(${call.text(0)}, ${call.text(1)}, ${call.integer(2)})`, TEXT);
}

function length(call: Call) {
  const value = call.arg(0);
  if (value.type?.name === 'BINARY')
    return typed(`CAST(octet_length(${value.sql}) AS DECIMAL(18,0))`, COUNT);
  return typed(`CAST(length(${call.text(0)}) AS DECIMAL(18,0))`, COUNT);
}

const ESCAPED_ASCII = (sql: string) =>
  `CAST(CASE WHEN ${sql} = '' THEN 0 ELSE ascii(${sql}) END AS DECIMAL(18,0))`;

function contains(name: string) {
  return scalar('text, text', BOOLEAN, (value, part) => `${name}(${value}, ${part})`);
}

/** MD5 and its kin take text or binary; text counts as UTF-8. */
function digest(name: string) {
  return custom(1, 1, (call) => {
    const value = call.arg(0);
    return typed(`${name}(${value.type?.name === 'BINARY' ? value.sql : call.text(0)})`, TEXT);
  });
}

/** The upper or lower 64 bits of the MD5 as a whole number. */
function md5Half(side: 'left' | 'right') {
  const digits = (value: string) => `CAST('0x' || ${side}(md5(${value}), 16) AS UBIGINT)`;
  return scalar('text', numberType(20, 0), digits, { cast: true });
}

function sha2(call: Call) {
  const bits = call.has(1) ? call.constant(1) : '256';
  if (bits !== '256' && bits !== '0') throw unsupported(`SHA2 with ${bits} bits`);
  return typed(`sha256(${call.text(0)})`, TEXT);
}

function like(operator: string) {
  return custom(2, 3, (call) => {
    const suffix = call.has(2) ? ` ESCAPE ${quoteText(call.constant(2))}` : '';
    return typed(`(${call.text(0)} ${operator} ${call.text(1)}${suffix})`, BOOLEAN);
  });
}

function reverse(call: Call) {
  const value = call.arg(0);
  return typed(`reverse(${call.text(0)})`, isSemiStructured(value.type) ? TEXT : sameText(call));
}

const upperLower = {
  UPPER: scalar('text', sameText, (value) => `upper(${value})`),
  LOWER: scalar('text', sameText, (value) => `lower(${value})`),
  INITCAP: custom(1, 2, (call) => {
    const delimiters = call.has(1) ? call.constant(1) : ' \t\n\r\f\v!?@"^#$&~_,.:;+-*%/|\\[](){}<>';
    return typed(`sf_initcap(${call.text(0)}, ${quoteText(delimiters)})`, TEXT);
  }),
};

export const STRINGS: FunctionFamily = {
  name: 'strings',
  functions: {
    ...upperLower,
    ...aliases(custom(2, 3, substring), 'SUBSTR', 'SUBSTRING'),
    CONCAT: custom(1, Infinity, concat),
    CONCAT_WS: custom(2, Infinity, concatWithSeparator),
    TRIM: trim('trim'),
    LTRIM: trim('ltrim'),
    RTRIM: trim('rtrim'),
    ...aliases(custom(1, 1, length), 'LENGTH', 'LEN'),
    OCTET_LENGTH: scalar('text', COUNT, (value) => `octet_length(encode(${value}))`, {
      cast: true,
    }),
    LEFT: scalar('text, integer', TEXT, (value, n) => `left(${value}, greatest(${n}, 0))`),
    RIGHT: scalar('text, integer', TEXT, (value, n) => `right(${value}, greatest(${n}, 0))`),
    LPAD: scalar(
      'text, integer, text?',
      TEXT,
      (value, n, pad = "' '") => `lpad(${value}, CAST(${n} AS INTEGER), ${pad})`,
    ),
    RPAD: scalar(
      'text, integer, text?',
      TEXT,
      (value, n, pad = "' '") => `rpad(${value}, CAST(${n} AS INTEGER), ${pad})`,
    ),
    REPEAT: scalar('text, integer', TEXT, (value, n) => `repeat(${value}, ${n})`),
    SPACE: scalar('integer', TEXT, (n) => `repeat(' ', ${n})`),
    REPLACE: scalar(
      'text, text, text?',
      TEXT,
      (value, from, to = "''") => `replace(${value}, ${from}, ${to})`,
    ),
    TRANSLATE: scalar(
      'text, text, text',
      TEXT,
      (value, from, to) => `translate(${value}, ${from}, ${to})`,
    ),
    REVERSE: custom(1, 1, reverse),
    SPLIT: scalar('text, text', ARRAY, (value, by) => `to_json(string_split(${value}, ${by}))`),
    SPLIT_PART: custom(3, 3, splitPart),
    STRTOK: scalar(
      'text, text?, integer?',
      TEXT,
      (value, by = "' '", n = '1') => `sf_strtok(${value}, ${by}, ${n})`,
    ),
    STRTOK_TO_ARRAY: scalar(
      'text, text?',
      ARRAY,
      (value, by = "' '") => `to_json(sf_tokens(${value}, ${by}))`,
    ),
    CONTAINS: contains('contains'),
    STARTSWITH: contains('starts_with'),
    ENDSWITH: contains('ends_with'),
    ...aliases(
      scalar(
        'text, text, integer?',
        COUNT,
        (part, value, from = '1') => `sf_position(${part}, ${value}, ${from})`,
        { cast: true },
      ),
      'POSITION',
      'CHARINDEX',
    ),
    ...aliases(
      scalar('integer', TEXT, (code) => `chr(CAST(${code} AS INTEGER))`),
      'CHR',
      'CHAR',
    ),
    ASCII: scalar('text', COUNT, ESCAPED_ASCII),
    UNICODE: scalar(
      'text',
      COUNT,
      (value) => `CASE WHEN ${value} = '' THEN 0 ELSE unicode(${value}) END`,
      { cast: true },
    ),
    LIKE: like('LIKE'),
    ILIKE: like('ILIKE'),
    INSERT: scalar(
      'text, integer, integer, text',
      TEXT,
      (value, at, n, part) =>
        `left(${value}, ${at} - 1) || ${part} || substring(${value}, ${at} + ${n})`,
    ),
    ...aliases(digest('md5'), 'MD5', 'MD5_HEX'),
    ...aliases(digest('sha1'), 'SHA1', 'SHA1_HEX'),
    ...aliases(custom(1, 2, sha2, '256 bits only'), 'SHA2', 'SHA2_HEX'),
    MD5_NUMBER_UPPER64: md5Half('left'),
    MD5_NUMBER_LOWER64: md5Half('right'),
    MD5_BINARY: scalar('text', BINARY, (value) => `unhex(md5(${value}))`),
    HEX_ENCODE: custom(1, 2, (call) =>
      typed(
        `hex(${call.arg(0).type?.name === 'BINARY' ? call.arg(0).sql : `encode(${call.text(0)})`})`,
        TEXT,
      ),
    ),
    HEX_DECODE_STRING: scalar('text', TEXT, (value) => `decode(unhex(${value}))`),
    HEX_DECODE_BINARY: scalar('text', BINARY, (value) => `unhex(${value})`),
    BASE64_ENCODE: custom(1, 1, (call) =>
      typed(
        `base64(${call.arg(0).type?.name === 'BINARY' ? call.arg(0).sql : `encode(${call.text(0)})`})`,
        TEXT,
      ),
    ),
    BASE64_DECODE_STRING: scalar('text', TEXT, (value) => `decode(from_base64(${value}))`),
    BASE64_DECODE_BINARY: scalar('text', BINARY, (value) => `from_base64(${value})`),
    EDITDISTANCE: scalar('text, text', COUNT, (a, b) => `levenshtein(${a}, ${b})`, { cast: true }),
    JAROWINKLER_SIMILARITY: scalar(
      'text, text',
      COUNT,
      (a, b) => `floor(100 * jaro_winkler_similarity(upper(${a}), upper(${b})))`,
      { cast: true },
    ),
    COLLATE: custom(
      2,
      2,
      (call) => typed(call.text(0), sameText(call)),
      'the collation is ignored',
    ),
    TO_JSON: scalar('variant', TEXT, (value) => `CAST(${value} AS VARCHAR)`),
  },
  macros: [
    `sf_start(_sf_i) AS CASE WHEN _sf_i = 0 THEN 1 ELSE _sf_i END`,
    `sf_split_part(_sf_s, _sf_d, _sf_i) AS CASE WHEN _sf_s IS NULL OR _sf_d IS NULL OR _sf_i IS NULL THEN NULL
      WHEN _sf_d = '' THEN CASE WHEN _sf_i IN (0, 1, -1) THEN _sf_s ELSE '' END
      ELSE COALESCE(list_extract(string_split(_sf_s, _sf_d), CASE WHEN _sf_i = 0 THEN 1 ELSE _sf_i END), '') END`,
    `sf_tokens(_sf_s, _sf_d) AS list_filter(
      string_split(translate(_sf_s, _sf_d, repeat(left(_sf_d, 1), length(_sf_d))), left(_sf_d, 1)), lambda _sf_e: _sf_e <> '')`,
    `sf_strtok(_sf_s, _sf_d, _sf_i) AS list_extract(sf_tokens(_sf_s, _sf_d), _sf_i)`,
    `sf_position(_sf_p, _sf_s, _sf_i) AS CASE WHEN instr(substring(_sf_s, _sf_i), _sf_p) = 0 THEN 0
      ELSE instr(substring(_sf_s, _sf_i), _sf_p) + _sf_i - 1 END`,
    `sf_initcap(_sf_s, _sf_d) AS list_aggregate(list_transform(range(1, length(_sf_s) + 1), lambda _sf_i:
      CASE WHEN _sf_i = 1 OR contains(_sf_d, substring(_sf_s, _sf_i - 1, 1)) THEN upper(substring(_sf_s, _sf_i, 1))
      ELSE lower(substring(_sf_s, _sf_i, 1)) END), 'string_agg', '')`,
  ],
};

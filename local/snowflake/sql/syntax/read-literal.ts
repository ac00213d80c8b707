import { syntaxError } from '../errors.ts';

interface Literal {
  readonly value: string;
  readonly end: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
};
const NUMERIC_ESCAPE = /x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([0-3][0-7]{2})/y;

/**
 * https://docs.snowflake.com/en/sql-reference/data-types-text#escape-sequences-in-single-quoted-string-constants
 */
function readEscape(sql: string, at: number): Literal {
  NUMERIC_ESCAPE.lastIndex = at;
  const numeric = NUMERIC_ESCAPE.exec(sql);
  if (numeric) {
    const [text, hex, unicode, octal] = numeric;
    const code = octal ? Number.parseInt(octal, 8) : Number.parseInt(hex ?? unicode ?? '', 16);
    return { value: String.fromCharCode(code), end: at + text.length };
  }
  const char = sql[at] ?? '';
  return { value: ESCAPES[char] ?? char, end: at + 1 };
}

/** A single-quoted string at `at`: `''` and backslash escapes decoded. */
export function readString(sql: string, start: number): Literal {
  let value = '';
  let at = start + 1;
  while (at < sql.length) {
    const char = sql[at];
    if (char === '\\') {
      const decoded = readEscape(sql, at + 1);
      value += decoded.value;
      at = decoded.end;
    } else if (char === "'" && sql[at + 1] === "'") {
      value += "'";
      at += 2;
    } else if (char === "'") {
      return { value, end: at + 1 };
    } else {
      value += char;
      at += 1;
    }
  }
  throw syntaxError(sql, start, "'");
}

/** A `$$…$$` string at `at`; nothing inside is an escape. */
export function readDollarString(sql: string, start: number): Literal {
  const end = sql.indexOf('$$', start + 2);
  if (end < 0) throw syntaxError(sql, start, '$$');
  return { value: sql.slice(start + 2, end), end: end + 2 };
}

/** A double-quoted identifier at `at`, `""` decoded. */
export function readQuotedIdentifier(sql: string, start: number): Literal {
  let at = start + 1;
  for (;;) {
    const quote = sql.indexOf('"', at);
    if (quote < 0) throw syntaxError(sql, start, '"');
    if (sql[quote + 1] !== '"') {
      return { value: sql.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
    }
    at = quote + 2;
  }
}

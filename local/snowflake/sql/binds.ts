import { type Bind, SnowflakeError } from '../statement.ts';
import { type Token, tokenize } from './tokenize.ts';

export type Binds = Readonly<Record<string, Bind>>;

/** Functions that turn a bind's text into a literal of Snowflake SQL, by the driver's bind type. */
const LITERALS: Readonly<Record<string, (value: string) => string>> = {
  FIXED: (value) => number(value),
  REAL: (value) => `${text(value)}::FLOAT`,
  TEXT: text,
  BOOLEAN: (value) => (/^(true|1)$/i.test(value) ? 'TRUE' : 'FALSE'),
  DATE: (value) => `${text(epochDate(value))}::DATE`,
  TIME: (value) => `${text(nanosOfDay(value))}::TIME(9)`,
  TIMESTAMP_NTZ: (value) => `${text(epochNanos(value))}::TIMESTAMP_NTZ(9)`,
  TIMESTAMP_LTZ: (value) => `${text(`${epochNanos(value)} +00:00`)}::TIMESTAMP_LTZ(9)`,
  TIMESTAMP_TZ: timestampTz,
  BINARY: (value) => `TO_BINARY(${text(value)}, 'HEX')`,
  VARIANT: (value) => `PARSE_JSON(${text(value)})`,
  OBJECT: (value) => `PARSE_JSON(${text(value)})::OBJECT`,
  ARRAY: (value) => `PARSE_JSON(${text(value)})::ARRAY`,
};

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function number(value: string): string {
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(value)) {
    throw new SnowflakeError('100038', '22018', `Numeric value '${value}' is not recognized`);
  }
  return value.startsWith('-') ? `(${value})` : value;
}

/** Drivers send a date as milliseconds since 1970; text is passed on. */
function epochDate(value: string): string {
  if (!/^-?\d+$/.test(value)) return value;
  return new Date(Number(value)).toISOString().slice(0, 10);
}

/** Drivers send a time as nanoseconds since midnight; text is passed on. */
function nanosOfDay(value: string): string {
  if (!/^\d+$/.test(value)) return value;
  const nanos = BigInt(value);
  const clock = new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(11, 19);
  return `${clock}.${String(nanos % 1_000_000_000n).padStart(9, '0')}`;
}

/** Drivers send a timestamp as nanoseconds since 1970; text is passed on. */
function epochNanos(value: string): string {
  if (!/^-?\d+$/.test(value)) return value;
  const nanos = BigInt(value);
  const fraction = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = Number((nanos - fraction) / 1_000_000_000n);
  const clock = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return `${clock}.${String(fraction).padStart(9, '0')}`;
}

/** `nanos offset` with the offset in minutes plus 1440, as drivers send it; text is passed on. */
function timestampTz(value: string): string {
  const parts = /^(-?\d+) (\d+)$/.exec(value);
  if (!parts?.[1] || !parts[2]) return `${text(value)}::TIMESTAMP_TZ(9)`;
  const offset = Number(parts[2]) - 1440;
  const local = BigInt(parts[1]) + BigInt(offset) * 60_000_000_000n;
  const sign = offset < 0 ? '-' : '+';
  const hours = String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
  return `${text(`${epochNanos(String(local))} ${sign}${hours}:${minutes}`)}::TIMESTAMP_TZ(9)`;
}

/** A value of a bind type as a literal of Snowflake SQL. @throws SnowflakeError 002043 */
export function literalOf(type: string, value: string | null): string {
  if (value === null) return 'NULL';
  const write = LITERALS[type.toUpperCase()];
  if (!write) {
    throw new SnowflakeError('002043', '02000', `Unsupported bind type '${type}'.`);
  }
  return write(value);
}

/** What a bind without a value stands for while a statement is described only. */
const UNKNOWN: Bind = { type: 'TEXT', value: null };

function bindOf(binds: Binds | undefined, token: Token): Bind {
  if (!binds) return UNKNOWN;
  const bind = binds[token.value];
  if (bind) return bind;
  throw new SnowflakeError(
    '002049',
    '42601',
    `SQL compilation error: Bind variable ${token.text} not set.`,
  );
}

/** Text between two offsets with the binds of row `row` in it. */
function substituteRow(sql: string, from: number, to: number, found: readonly Token[], row: Row) {
  let out = '';
  let at = from;
  for (const token of found) {
    if (token.start < from || token.end > to) continue;
    const bind = bindOf(row.binds, token);
    const value = Array.isArray(bind.value) ? (bind.value[row.index] ?? null) : bind.value;
    out += sql.slice(at, token.start) + literalOf(bind.type, value as string | null);
    at = token.end;
  }
  return out + sql.slice(at, to);
}

interface Row {
  readonly binds: Binds | undefined;
  readonly index: number;
}

/** The last `VALUES ( … )` tuple of an INSERT, which array binds repeat. */
function valuesTuple(tokens: readonly Token[]): { start: number; end: number } {
  const values = tokens.findLastIndex((token) => token.kind === 'word' && token.value === 'VALUES');
  const open = values < 0 ? undefined : tokens[values + 1];
  if (open?.text === '(') {
    let depth = 0;
    for (const token of tokens.slice(values + 1)) {
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
      if (depth === 0) return { start: open.start, end: token.end };
    }
  }
  throw new SnowflakeError(
    '002099',
    '42601',
    'SQL compilation error: Array binds are supported in INSERT … VALUES (…) only.',
  );
}

/** How many binds a statement has. */
export function countBinds(sql: string): number {
  const found = tokenize(sql).filter((token) => token.kind === 'bind');
  return new Set(found.map((token) => token.value)).size;
}

/**
 * A statement with its binds (`?`, `:1`) written as literals of their type. Array binds repeat the
 * tuple of INSERT … VALUES once for each element. Without binds, for a statement that is described
 * only, each is NULL.
 * @throws SnowflakeError 002049 for a bind without a value, 002043 for a type not known.
 */
export function substituteBinds(sql: string, binds: Binds | undefined): string {
  const tokens = tokenize(sql);
  const found = tokens.filter((token) => token.kind === 'bind');
  if (found.length === 0) return sql;
  const lengths = found
    .map((token) => bindOf(binds, token).value)
    .flatMap((value) => (Array.isArray(value) ? [value.length] : []));
  const first = { binds, index: 0 };
  if (lengths.length === 0) return substituteRow(sql, 0, sql.length, found, first);
  const tuple = valuesTuple(tokens);
  const rows = Array.from({ length: Math.max(...lengths) }, (_, index) =>
    substituteRow(sql, tuple.start, tuple.end, found, { binds, index }),
  );
  const head = substituteRow(sql, 0, tuple.start, found, first);
  return head + rows.join(', ') + substituteRow(sql, tuple.end, sql.length, found, first);
}

import type { SnowflakeType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { offsetAt, toWall } from '../types/zones.ts';
import { quoteText, type Typed } from './typed.ts';

interface FormatOptions {
  readonly timezone: string;
  readonly parameter: (name: string) => string | undefined;
}

/**
 * Values a format element can draw on: the wall clock as TIMESTAMP_NS, and the offset in minutes.
 */
interface Clock {
  readonly wall: string;
  readonly offset: string;
}

type Element = (clock: Clock) => string;

const strftime =
  (format: string): Element =>
  ({ wall }) =>
    `strftime(${wall}, '${format}')`;

const twoDigits = (sql: string) => `lpad(CAST(${sql} AS VARCHAR), 2, '0')`;
const sign: Element = ({ offset }) => `CASE WHEN ${offset} < 0 THEN '-' ELSE '+' END`;

function fraction(digits: number): Element {
  return ({ wall }) => `left(strftime(${wall}, '%n'), ${digits})`;
}

/**
 * https://docs.snowflake.com/en/sql-reference/date-time-input-output#about-the-elements-used-in-input-and-output-formats
 */
const ELEMENTS: readonly (readonly [string, Element])[] = [
  ['YYYY', strftime('%Y')],
  ['YY', strftime('%y')],
  ['MMMM', strftime('%B')],
  ['MM', strftime('%m')],
  ['MON', strftime('%b')],
  ['DD', strftime('%d')],
  ['DY', strftime('%a')],
  ['HH24', strftime('%H')],
  ['HH12', strftime('%I')],
  ['AM', strftime('%p')],
  ['PM', strftime('%p')],
  ['MI', strftime('%M')],
  ['SS', strftime('%S')],
  ...Array.from({ length: 9 }, (_, n) => [`FF${n + 1}`, fraction(n + 1)] as const),
  ['FF0', () => "''"],
  ['FF', fraction(9)],
  [
    'TZH:TZM',
    (clock) =>
      `${sign(clock)} || ${twoDigits(`abs(${clock.offset}) // 60`)} || ':' || ${twoDigits(`abs(${clock.offset}) % 60`)}`,
  ],
  [
    'TZHTZM',
    (clock) =>
      `${sign(clock)} || ${twoDigits(`abs(${clock.offset}) // 60`)} || ${twoDigits(`abs(${clock.offset}) % 60`)}`,
  ],
  ['TZH', (clock) => `${sign(clock)} || ${twoDigits(`abs(${clock.offset}) // 60`)}`],
  ['TZM', (clock) => twoDigits(`abs(${clock.offset}) % 60`)],
];

/**
 * Default output formats;
 * https://docs.snowflake.com/en/sql-reference/parameters#timestamp-output-format
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
};

export type FormatPiece = { readonly element: string } | { readonly text: string };

/** A format cut into elements and literal text (also `"text"`). */
export function formatPieces(format: string): FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let at = 0;
  while (at < format.length) {
    const rest = format.slice(at);
    const quoted = /^"([^"]*)"/.exec(rest);
    const element = ELEMENTS.find(([name]) => rest.toUpperCase().startsWith(name));
    if (quoted) pieces.push({ text: quoted[1] ?? '' });
    else if (element) pieces.push({ element: element[0] });
    else pieces.push({ text: rest[0] ?? '' });
    at += quoted?.[0].length ?? element?.[0].length ?? 1;
  }
  return pieces;
}

function clockOf(value: Typed, timezone: string): Clock {
  const { sql } = value;
  switch (value.type?.name) {
    case 'TIMESTAMP_TZ':
      return { wall: `sf_tz_wall(${sql})`, offset: `(${sql})."offset"` };
    case 'TIMESTAMP_LTZ':
      return {
        wall: toWall(sql, timezone),
        offset: offsetAt(sql, timezone),
      };
    case 'TIME':
      return { wall: `make_timestamp_ns(epoch_ns(${sql}))`, offset: '0' };
    case 'DATE':
      return { wall: sql, offset: '0' };
    default:
      return { wall: sql, offset: '0' };
  }
}

/** A date, time or timestamp written by a Snowflake format. */
export function formatDate(value: Typed, format: string, options: FormatOptions): string {
  const clock = clockOf(value, options.timezone);
  const parts = formatPieces(format).map((piece) => {
    if ('text' in piece) return quoteText(piece.text);
    const element = ELEMENTS.find(([name]) => name === piece.element)?.[1];
    if (!element) throw unsupported(`format element ${piece.element}`);
    if (value.type?.name === 'DATE' && piece.element.startsWith('FF')) {
      return quoteText('0'.repeat(Number(piece.element.slice(2)) || 9));
    }
    return element(clock);
  });
  return parts.length === 0 ? "''" : `(${mergeStrftime(parts).join(' || ')})`;
}

/** Neighbouring strftime calls on the same value and literals between them become one call. */
function mergeStrftime(parts: readonly string[]): string[] {
  const merged: string[] = [];
  for (const part of parts) {
    const before = merged.at(-1);
    const call = /^(strftime\(.*, ')([^']*)'\)$/s.exec(before ?? '');
    const next = call?.[1] && part.startsWith(call[1]) ? part.slice(call[1].length, -2) : undefined;
    const literal = /^'([^'%]*)'$/.exec(part)?.[1];
    const addition = next !== undefined && !next.includes("'") ? next : literal;
    if (call && addition !== undefined)
      merged[merged.length - 1] = `${call[1]}${call[2]}${addition}')`;
    else merged.push(part);
  }
  return merged;
}

/** The session's output format for a type. */
export function outputFormat(type: SnowflakeType, options: FormatOptions): string {
  const chosen = (name: string) => options.parameter(name) || DEFAULTS[name] || '';
  if (type.name === 'DATE') return chosen('DATE_OUTPUT_FORMAT');
  if (type.name === 'TIME') return chosen('TIME_OUTPUT_FORMAT');
  return chosen(`${type.name}_OUTPUT_FORMAT`) || chosen('TIMESTAMP_OUTPUT_FORMAT');
}

export function datesToText(value: Typed, _: SnowflakeType, options: FormatOptions): string {
  if (!value.type) return value.sql;
  return formatDate(value, outputFormat(value.type, options), options);
}

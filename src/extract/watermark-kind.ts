import { TerminalError } from '../errors.ts';
import { compareDecimals, decimalScale, parseDecimal } from '../model/decimal.ts';
import { parseInstant } from '../model/instant.ts';
import { snowflakeText } from '../model/sql-text.ts';
import type { SourceColumn } from '../ports/warehouse.ts';

/** How values of a watermark column are read, ordered, and written into a statement. */
export interface WatermarkKind {
  /**
   * Where a window can end: an `instant` is bounded by the source's clock, a `number` or `text` only
   * by the greatest value that the source has.
   */
  readonly name: 'instant' | 'number' | 'text';
  /** Reads an end of a window as people write it; null when it is none. */
  parse(text: string): string | null;
  /** The source's own order: below zero when a comes before b. */
  compare(a: string, b: string): number;
  /** A bound as a literal of the column's own type, so that the source can prune by it. */
  literal(bound: string): string;
  /** What to write where `parse` has refused. */
  readonly example: string;
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Snowflake orders texts by the bytes of their UTF-8 form, JavaScript by UTF-16 units. */
const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function instants(literal: (bound: string) => string): WatermarkKind {
  const example = '2024-01-31 or 2024-01-31T12:00:00Z';
  return { name: 'instant', parse: parseInstant, compare: compareText, literal, example };
}

/** The most digits that a NUMBER has. */
const MOST_DIGITS = 38;

const NUMBERS: WatermarkKind = {
  name: 'number',
  parse: parseDecimal,
  compare: compareDecimals,
  literal: (bound) => `'${bound}'::NUMBER(${MOST_DIGITS},${decimalScale(bound)})`,
  example: '1000 or 10.25',
};

/**
 * A backslash begins an escape in Snowflake's quoted texts.
 * https://docs.snowflake.com/en/sql-reference/data-types-text#single-quoted-string-constants
 */
const TEXTS: WatermarkKind = {
  name: 'text',
  parse: (text) => text,
  compare: compareBytes,
  literal: snowflakeText,
  example: 'A-00042',
};

/** How a column of this type is a watermark, or null when it cannot be one. */
export function watermarkKind({ type }: Pick<SourceColumn, 'type'>): WatermarkKind | null {
  switch (type) {
    case 'DATE':
      return instants((bound) => `'${bound.slice(0, 10)}'::DATE`);
    case 'TIMESTAMP_NTZ':
      return instants((bound) => `'${bound}'::TIMESTAMP_NTZ(9)`);
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return instants((bound) => `'${bound} +00:00'::${type}(9)`);
    case 'NUMBER':
      return NUMBERS;
    case 'TEXT':
      return TEXTS;
    default:
      return null;
  }
}

/** @throws TerminalError CONFIG_INVALID for a column that cannot be a watermark */
export function requireWatermarkKind(column: Pick<SourceColumn, 'name' | 'type'>): WatermarkKind {
  const kind = watermarkKind(column);
  if (kind !== null) return kind;
  throw new TerminalError(
    `Cannot extract by ${column.name}: watermark column of type ${column.type}. ` +
      'Name a date, timestamp, number or text column, or convert it with sql.',
    { code: 'CONFIG_INVALID', details: { column: column.name, type: column.type } },
  );
}

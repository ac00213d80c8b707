import { z } from 'zod';
import { type CanonicalColumn, epochUnit, rowText, type TextDialect } from './canonical-text.ts';
import { addChecksums, Checksum, checksumOf } from './checksum.ts';
import { compareDecimals } from './decimal.ts';
import { fromNanos } from './instant.ts';

/** Least and greatest are null without values, and for types without an order or of people's words. */
export const ColumnProfile = z.strictObject({
  nulls: z.int().min(0),
  min: z.string().nullable(),
  max: z.string().nullable(),
});
export type ColumnProfile = z.infer<typeof ColumnProfile>;

/** What is known about rows without keeping them; one column after the other. */
export const RowProfile = z.strictObject({
  rows: z.int().min(0),
  checksum: Checksum,
  columns: z.array(ColumnProfile),
});
export type RowProfile = z.infer<typeof RowProfile>;

/** How an engine sums up the MD5 of texts. */
export interface ProfileDialect extends TextDialect {
  /** What is computed once of a row's text. */
  readonly digest: (text: string) => string;
  /** The upper and lower 64 bits of the MD5, as a number, of what `digest` gave. */
  readonly upper: (digest: string) => string;
  readonly lower: (digest: string) => string;
  /** A FLOAT with all its digits. */
  readonly float: (value: string) => string;
}

const DIGEST = '__row_digest';

/** The text of a least or greatest value; null for a type whose values have none. */
function extreme(column: CanonicalColumn, value: string, dialect: ProfileDialect): string | null {
  switch (column.type) {
    case 'NUMBER':
      return dialect.cast(value);
    case 'FLOAT':
      return dialect.float(value);
    case 'DATE':
      return dialect.date(value);
    case 'TIME':
      return dialect.time(value);
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return dialect.cast(dialect.epoch(value, epochUnit(column.scale)));
    default:
      return null;
  }
}

/** The aggregates of one column: nulls, least, greatest. */
function columnSql(column: CanonicalColumn, dialect: ProfileDialect): readonly string[] {
  const name = dialect.quote(column.name);
  const nulls = dialect.cast(`COUNT(*) - COUNT(${name})`);
  const [least, greatest] = ['MIN', 'MAX'].map((which) =>
    extreme(column, `${which}(${name})`, dialect),
  );
  return [nulls, least ?? 'NULL', greatest ?? 'NULL'];
}

/** One statement that gives the profile of a relation's rows, as one row of texts. */
export function profileSql(
  relation: string,
  columns: readonly CanonicalColumn[],
  dialect: ProfileDialect,
): string {
  const digest = dialect.quote(DIGEST);
  const sums = [dialect.upper(digest), dialect.lower(digest)].map((half) =>
    dialect.cast(`SUM(${half})`),
  );
  const cells = [
    dialect.cast('COUNT(*)'),
    ...sums,
    ...columns.flatMap((column) => columnSql(column, dialect)),
  ];
  const list = cells.map((cell, at) => `${cell} AS ${dialect.quote(`c${at}`)}`).join(',\n  ');
  return (
    `SELECT ${list}\nFROM (SELECT ${dialect.digest(rowText(columns, dialect))} AS ${digest}, ` +
    `${columns.map(({ name }) => dialect.quote(name)).join(', ')}\n  FROM ${relation}) AS profiled`
  );
}

/** A least or greatest value in the form that the manifest has. */
function extremeText(column: CanonicalColumn, text: string | null): string | null {
  if (text === null) return null;
  if (column.type === 'FLOAT') return String(Number(text));
  if (!column.type.startsWith('TIMESTAMP')) return text;
  const factor = epochUnit(column.scale) === 'MICROSECOND' ? 1000n : 1n;
  return fromNanos(BigInt(text) * factor);
}

/** The profile in the row that `profileSql` gives. */
export function readProfile(
  columns: readonly CanonicalColumn[],
  row: readonly (string | null)[],
): RowProfile {
  const [rows = null, upper = null, lower = null, ...cells] = row;
  const profiles = columns.map((column, at) => {
    const [nulls = null, min = null, max = null] = cells.slice(at * 3, at * 3 + 3);
    return {
      nulls: Number(nulls ?? 0),
      min: extremeText(column, min),
      max: extremeText(column, max),
    };
  });
  return { rows: Number(rows ?? 0), checksum: checksumOf(upper, lower), columns: profiles };
}

/** Orders two texts of `extremeText`. */
function compareExtremes(type: string, a: string, b: string): number {
  if (type === 'NUMBER') return compareDecimals(a, b);
  if (type === 'FLOAT') return Number(a) - Number(b) || (a === 'NaN' ? 1 : b === 'NaN' ? -1 : 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

function outermost(type: string, texts: readonly (string | null)[], sign: 1 | -1): string | null {
  const present = texts.filter((text) => text !== null);
  return present.reduce<string | null>(
    (kept, text) => (kept === null || compareExtremes(type, text, kept) * sign > 0 ? text : kept),
    null,
  );
}

/** The profile of all rows, from those of their parts. */
export function addProfiles(
  columns: readonly CanonicalColumn[],
  profiles: readonly RowProfile[],
): RowProfile {
  const added = columns.map(({ type }, at) => {
    const own = profiles.map((profile) => profile.columns[at]).filter((one) => one !== undefined);
    return {
      nulls: own.reduce((total, { nulls }) => total + nulls, 0),
      min: outermost(
        type,
        own.map(({ min }) => min),
        -1,
      ),
      max: outermost(
        type,
        own.map(({ max }) => max),
        1,
      ),
    };
  });
  return {
    rows: profiles.reduce((total, { rows }) => total + rows, 0),
    checksum: addChecksums(profiles.map(({ checksum }) => checksum)),
    columns: added,
  };
}

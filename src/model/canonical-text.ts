/** A column whose values are part of a row's canonical text. */
export interface CanonicalColumn {
  readonly name: string;
  /** Snowflake's name of the type. */
  readonly type: string;
  /** TIME and TIMESTAMP: fractional digits. */
  readonly scale: number | null;
}

/** How an engine writes each kind of value; `value` is an expression, written more than once. */
export interface TextDialect {
  readonly quote: (name: string) => string;
  readonly cast: (value: string) => string;
  /** What CONCAT takes for a text that may be NULL: it must give nothing, not NULL. */
  readonly orNothing: (text: string) => string;
  /** Bytes of a text in UTF-8. */
  readonly bytes: (text: string) => string;
  readonly date: (value: string) => string;
  /** HH:MM:SS and nine digits. */
  readonly time: (value: string) => string;
  /** Instants and wall clocks as whole numbers since 1970. */
  readonly epoch: (value: string, unit: EpochUnit) => string;
  /** TIMESTAMP_TZ: minutes east of UTC. */
  readonly offsetMinutes: (column: CanonicalColumn) => string;
  readonly hex: (value: string) => string;
  /** A FLOAT that is neither zero nor NaN nor infinite; absent: by arithmetic alone. */
  readonly floatDigits?: (value: string) => string;
  /** VARIANT, OBJECT and ARRAY as Snowflake's TO_JSON writes them. */
  readonly json: (value: string) => string;
}

export type EpochUnit = 'MICROSECOND' | 'NANOSECOND';

/** Timestamps of up to six digits are counted in microseconds, those of more in nanoseconds. */
export const epochUnit = (scale: number | null): EpochUnit =>
  (scale ?? 9) <= 6 ? 'MICROSECOND' : 'NANOSECOND';

const TWO_TO_26 = 67_108_864;

/**
 * A double as its sign, the two halves of its 53 binary digits, and its exponent. Every step is
 * exact in binary arithmetic: engines agree on it where they write decimal texts differently. The
 * logarithm is only a first guess of the exponent, which the comparison with 1 and 2 sets right.
 */
function floatDigits(value: string): string {
  const size = `ABS(NULLIF(${value}, 0))`;
  const guess = `GREATEST(LEAST(FLOOR(LN(${size}) / LN(2)), 1023), -1022)`;
  const guessed = `${size} / POWER(2, ${guess})`;
  const exponent =
    `(${guess} + CASE WHEN ${guessed} >= 2 THEN 1 ` +
    `WHEN ${guessed} < 1 AND ${guess} > -1022 THEN -1 ELSE 0 END)`;
  const shifted = `${size} / POWER(2, ${exponent}) * ${TWO_TO_26}`;
  const integer = (number: string) => `CAST(CAST(${number} AS BIGINT) AS STRING)`;
  return (
    `CASE WHEN ${value} < 0 THEN '-' ELSE '' END || ${integer(`FLOOR(${shifted})`)} || '.' || ` +
    `${integer(`(${shifted} - FLOOR(${shifted})) * ${TWO_TO_26}`)} || 'e' || ${integer(exponent)}`
  );
}

function floatText(value: string, digits: (value: string) => string): string {
  const named = (name: string) => `${value} = CAST('${name}' AS DOUBLE)`;
  return (
    `CASE WHEN ${value} IS NULL THEN NULL WHEN ${value} = 0 THEN '0' WHEN ${named('NaN')} THEN 'NaN' ` +
    `WHEN ${named('inf')} THEN 'inf' WHEN ${named('-inf')} THEN '-inf' ELSE ${digits(value)} END`
  );
}

/** The canonical text of a column's values, NULL where they are NULL, in an engine's SQL. */
export function canonicalText(column: CanonicalColumn, dialect: TextDialect): string {
  const value = dialect.quote(column.name);
  const counted = (text: string) => `${dialect.cast(dialect.bytes(text))} || ':' || ${text}`;
  const instant = () => dialect.cast(dialect.epoch(value, epochUnit(column.scale)));
  switch (column.type) {
    case 'NUMBER':
    case 'BOOLEAN':
      return dialect.cast(value);
    case 'FLOAT':
      return floatText(value, dialect.floatDigits ?? floatDigits);
    case 'DATE':
      return dialect.date(value);
    case 'TIME':
      return dialect.time(value);
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
      return instant();
    case 'TIMESTAMP_TZ':
      return `${instant()} || '@' || ${dialect.cast(dialect.offsetMinutes(column))}`;
    case 'BINARY':
      return `'x' || ${dialect.hex(value)}`;
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return counted(dialect.json(value));
    default:
      return counted(value);
  }
}

/** The canonical text of a row: that of each column or nothing, each followed by a bar. */
export const rowText = (columns: readonly CanonicalColumn[], dialect: TextDialect): string =>
  `CONCAT(${columns
    .map((column) => `${dialect.orNothing(canonicalText(column, dialect))}, '|'`)
    .join(', ')})`;

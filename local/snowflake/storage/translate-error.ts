import { SnowflakeError } from '../statement.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly code: string;
  readonly sqlState: string;
  /** Snowflake's message, from the groups of the pattern. */
  readonly message: (groups: readonly string[]) => string;
}

/**
 * Errors that our own SQL raises carry Snowflake's code, state and message:
 * `SF|100078|22000|message`.
 */
const RAISED = /SF\|(\d{6})\|(\w{5})\|([\s\S]*)/;

/** What DuckDB says, what Snowflake would say. The first rule that matches counts. */
const RULES: readonly Rule[] = [
  {
    pattern: /^INTERRUPT Error/,
    code: '000604',
    sqlState: '57014',
    message: () => 'SQL execution canceled',
  },
  {
    pattern: /NOT NULL constraint failed: /,
    code: '100072',
    sqlState: '22000',
    message: () => 'NULL result in a non-nullable column',
  },
  {
    pattern:
      /Could not convert string ["']([\s\S]*)["'] to (?:DECIMAL\(\d+,\d+\)|DOUBLE|FLOAT|U?INT\d+)/,
    code: '100038',
    sqlState: '22018',
    message: ([value]) => `Numeric value '${value}' is not recognized`,
  },
  {
    pattern: /(?:Could not cast value|Casting value) "?([^"\s]+)"? (?:to|from) .*DECIMAL/,
    code: '100039',
    sqlState: '22003',
    message: ([value]) => `Numeric value '${value}' is out of range`,
  },
  {
    pattern: /with value (\S+) can't be cast because the value is out of range/,
    code: '100039',
    sqlState: '22003',
    message: ([value]) => `Numeric value '${value}' is out of range`,
  },
  {
    pattern: /Could not convert string ["']([\s\S]*)["'] to BOOL/,
    code: '100037',
    sqlState: '22018',
    message: ([value]) => `Boolean value '${value}' is not recognized`,
  },
  {
    pattern:
      /^Conversion Error: (?:invalid )?date field (?:format|value out of range): "([\s\S]*?)"/,
    code: '100040',
    sqlState: '22007',
    message: ([value]) => `Date '${value}' is not recognized`,
  },
  {
    pattern:
      /^Conversion Error: (?:invalid )?time field (?:format|value out of range): "([\s\S]*?)"/,
    code: '100108',
    sqlState: '22007',
    message: ([value]) => `Time '${value}' is not recognized`,
  },
  {
    pattern: /^Conversion Error: (?:invalid )?timestamp field .*?: "([\s\S]*?)"/,
    code: '100035',
    sqlState: '22007',
    message: ([value]) => `Timestamp '${value}' is not recognized`,
  },
  {
    pattern: /^Conversion Error: Malformed JSON([\s\S]*)/,
    code: '100069',
    sqlState: '22P02',
    message: ([rest]) => `Error parsing JSON:${rest}`,
  },
  {
    pattern: /Could not parse string "(.*)" according to format/,
    code: '100096',
    sqlState: '22007',
    message: ([value]) => `Can't parse '${value}' as timestamp with the given format`,
  },
  {
    pattern: /More than one row returned by a subquery/,
    code: '090150',
    sqlState: '22000',
    message: () => 'Single-row subquery returns more than one row.',
  },
  {
    pattern: /column "?(.+?)"? must appear in the GROUP BY clause/,
    code: '000979',
    sqlState: '42601',
    message: ([name]) => `SQL compilation error:\n[${name}] is not a valid group by expression`,
  },
  {
    pattern: /^Out of Range Error: ([\s\S]*)/,
    code: '100046',
    sqlState: '22003',
    message: ([rest]) => `Number out of representable range: ${rest}`,
  },
  {
    pattern: /^Catalog Error: (?:Table|View) with name (\S+) does not exist/,
    code: '002003',
    sqlState: '42S02',
    message: ([name]) =>
      `SQL compilation error:\nObject '${name}' does not exist or not authorized.`,
  },
  {
    pattern:
      /^Binder Error: (?:Referenced|Table ".*" does not have a) column (?:with name )?"([^"]+)"/,
    code: '000904',
    sqlState: '42000',
    message: ([name]) =>
      `SQL compilation error: error line 1 at position 0\ninvalid identifier '${name}'`,
  },
  {
    pattern: /^(?:Binder|Catalog|Parser|Syntax) Error: ([\s\S]*)/,
    code: '002000',
    sqlState: '42601',
    message: ([rest]) => `SQL compilation error:\n${rest}`,
  },
];

function withoutSource(message: string): string {
  return message
    .replace(/\n\nLINE \d+:[\s\S]*$/, '')
    .replace(/\s+when casting from source column [\s\S]*$/, '');
}

function raised(message: string, cause: unknown): SnowflakeError | undefined {
  const match = RAISED.exec(message);
  if (!match?.[1] || !match[2]) return undefined;
  return new SnowflakeError(match[1], match[2], match[3] ?? '', cause);
}

/** The SnowflakeError for an error of DuckDB; one that has no rule is 000603 with DuckDB's text. */
export function translateError(error: unknown): SnowflakeError {
  if (error instanceof SnowflakeError) return error;
  const full = error instanceof Error ? error.message : String(error);
  const message = withoutSource(full);
  const own = raised(message, error);
  if (own) return own;
  for (const { pattern, code, sqlState, message: write } of RULES) {
    const groups = pattern.exec(message);
    if (groups) return new SnowflakeError(code, sqlState, write(groups.slice(1)), error);
  }
  return new SnowflakeError('000603', 'XX000', `SQL execution internal error: ${message}`, error);
}

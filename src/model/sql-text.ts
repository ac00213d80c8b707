/** A name as an SQL identifier, exactly as it is written; alike in Snowflake and DuckDB. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as a literal of DuckDB, where a backslash means itself. */
export const duckdbText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * A text as a literal of Snowflake, where a backslash begins an escape sequence:
 * https://docs.snowflake.com/en/sql-reference/data-types-text#single-quoted-string-constants
 */
export const snowflakeText = (text: string): string => duckdbText(text.replaceAll('\\', '\\\\'));

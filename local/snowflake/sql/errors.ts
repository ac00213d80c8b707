import { SnowflakeError } from '../statement.ts';

const COMPILATION = 'SQL compilation error:';

/**
 * 001003: `unexpected` is the offending text; line from 1 and position from 0, as Snowflake counts
 * them.
 */
export function syntaxError(sql: string, at: number, unexpected: string): SnowflakeError {
  const what = unexpected === '' ? '<EOF>' : unexpected;
  return new SnowflakeError(
    '001003',
    '42000',
    `${COMPILATION}\nsyntax error ${placeOf(sql, at)} unexpected '${what}'.`,
  );
}

/** 002140: a function that Snowflake does not have, or that the stand-in does not. */
export function unknownFunction(name: string): SnowflakeError {
  return new SnowflakeError('002140', '42601', `${COMPILATION}\nUnknown function ${name}`);
}

/** 002003: a table, view or stage that is not there, or that the role may not see. */
export function unknownObject(name: string): SnowflakeError {
  return new SnowflakeError(
    '002003',
    '42S02',
    `${COMPILATION}\nObject '${name}' does not exist or not authorized.`,
  );
}

/** 002003's kin: a stream as the target of DML. */
export function notWritable(name: string): SnowflakeError {
  return new SnowflakeError(
    '002003',
    '42S02',
    `${COMPILATION}\nObject '${name}' is no table: rows can only be read from it.`,
  );
}

/** 000904: a column that no relation in reach has. `place` is where, `line 1 at position 7`. */
export function invalidIdentifier(name: string, place = 'line 1 at position 0'): SnowflakeError {
  return new SnowflakeError(
    '000904',
    '42000',
    `${COMPILATION} error ${place}\ninvalid identifier '${name}'`,
  );
}

/** `line 2 at position 7`: lines from 1, positions from 0. */
export function placeOf(sql: string, at: number): string {
  const before = sql.slice(0, at).split('\n');
  return `line ${before.length} at position ${before.at(-1)?.length ?? 0}`;
}

/** 002027: a column name that two relations in reach have. */
export function ambiguousColumn(name: string): SnowflakeError {
  return new SnowflakeError('002027', '42601', `${COMPILATION}\nambiguous column name '${name}'`);
}

/** 001044: argument types that a function does not take. */
export function invalidArguments(name: string, types: readonly string[]): SnowflakeError {
  const list = types.join(', ');
  return new SnowflakeError(
    '001044',
    '42P13',
    `${COMPILATION}\nInvalid argument types for function '${name}': (${list})`,
  );
}

/** 000938 and 000939: too few or too many arguments. */
export function argumentCount(name: string, got: number, min: number, max: number): SnowflakeError {
  const few = got < min;
  const [code, word] = few ? ['000938', 'not enough'] : ['000939', 'too many'];
  const expected = few ? min : max;
  return new SnowflakeError(
    code,
    '22023',
    `${COMPILATION}\n${word} arguments for function [${name}] expected ${expected}, got ${got}`,
  );
}

/** 002023: a value that a column's type does not take. */
export function typeMismatch(expected: string, got: string, column: string): SnowflakeError {
  return new SnowflakeError(
    '002023',
    '22000',
    `${COMPILATION}\nExpression type does not match column data type, expecting ${expected} but got ${got} for column ${column}`,
  );
}

/** 002520: a list of values that is shorter or longer than the list of columns. */
export function valueCount(columns: number, values: number): SnowflakeError {
  return new SnowflakeError(
    '002520',
    '21S01',
    `${COMPILATION}\nInsert value list does not match column list expecting ${columns} but got ${values}`,
  );
}

/**
 * Something Snowflake has and the stand-in has not. The code is the one of Snowflake's "unsupported
 * feature".
 */
export function unsupported(what: string): SnowflakeError {
  return new SnowflakeError(
    '000002',
    '0A000',
    `Unsupported feature '${what}'. The local Snowflake stand-in does not have it; see docs/local-mode.md.`,
  );
}

/** Any other error at compilation. */
export function compilationError(code: string, sqlState: string, message: string): SnowflakeError {
  return new SnowflakeError(code, sqlState, `${COMPILATION}\n${message}`);
}

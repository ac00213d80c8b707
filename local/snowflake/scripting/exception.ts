import { placeOf } from '../sql/errors.ts';
import { SnowflakeError } from '../statement.ts';

/** Exceptions that need no declaration. */
export const STATEMENT_ERROR = 'STATEMENT_ERROR';
export const EXPRESSION_ERROR = 'EXPRESSION_ERROR';

/**
 * An exception on its way to a handler.
 * https://docs.snowflake.com/en/developer-guide/snowflake-scripting/exceptions
 */
export class ScriptException extends Error {
  override readonly name = 'ScriptException';
  readonly exception: string;
  readonly code: string;
  readonly sqlState: string;
  /** Offset of the statement that raised it. */
  at: number | undefined;

  constructor(exception: string, code: string, sqlState: string, message: string) {
    super(message);
    this.exception = exception;
    this.code = code;
    this.sqlState = sqlState;
  }

  /** A statement or an expression that failed. */
  static of(exception: string, { code, sqlState, message }: SnowflakeError): ScriptException {
    return new ScriptException(exception, code, sqlState, message);
  }

  /** Whether a handler of that name takes it. */
  isCaughtBy(name: string): boolean {
    return name === 'OTHER' || name === this.exception;
  }

  /** What the client is told of an exception that no handler took. */
  uncaught(sql: string): SnowflakeError {
    const place = placeOf(sql, this.at ?? 0);
    const because = this.message === '' ? '' : ` : ${this.message}`;
    const text = `Uncaught exception of type '${this.exception}' on ${place}${because}`;
    return new SnowflakeError(this.code, this.sqlState, text, this);
  }
}

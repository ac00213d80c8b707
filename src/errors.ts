/** Every code an error of ours can carry. Messages may change, codes may not; docs/operations.md says what to do for each. */
export type ErrorCode =
  | 'WAREHOUSE_UNAVAILABLE' // Snowflake unreachable, suspended, or throttling
  | 'WAREHOUSE_REFUSED' // Snowflake understood the request and refused it: SQL, privileges, unknown object
  | 'CREDENTIALS_REFUSED' // log-in refused: key, token or user is wrong
  | 'STORE_UNAVAILABLE' // S3, DynamoDB or another AWS service unreachable or throttling
  | 'STORE_REFUSED' // an AWS service understood the request and refused it
  | 'CONFIG_INVALID' // environment, secret or pipeline.yml missing or malformed
  | 'EVENT_INVALID' // the event does not have the shape we accept
  | 'SCHEMA_DRIFT' // source columns no longer fit the contract
  | 'WATERMARK_CONFLICT' // another run advanced the watermark first
  | 'LEASE_HELD' // another run is at work on the same query
  | 'RECONCILE_MISMATCH' // rows at the source and rows in the files differ
  | 'RESULT_CORRUPT' // a result partition is truncated or is not what was announced
  | 'JOB_FAILED' // a Glue or SageMaker job ended in failure
  | 'CHECK_FAILED' // the verdict of a data quality check is fail
  | 'NOT_FOUND' // what was asked for does not exist
  | 'UNEXPECTED'; // an error we have no name for

export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface CodedErrorOptions {
  readonly code: ErrorCode;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/** Base of both classes; never thrown itself. */
abstract class CodedError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(message: string, { code, details = {}, cause }: CodedErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** Trying again may help. Step Functions matches the name, which a minifier must not change. */
export class TransientError extends CodedError {
  override readonly name = 'TransientError';
}

/** Trying again will not help: a person or a fix is needed. */
export class TerminalError extends CodedError {
  override readonly name = 'TerminalError';
}

export type SnowmeltError = TransientError | TerminalError;

/** True for the two classes above, also across bundles (by name, as Step Functions does it). */
export const isSnowmeltError = (error: unknown): error is SnowmeltError =>
  error instanceof CodedError ||
  (error instanceof Error && (error.name === 'TransientError' || error.name === 'TerminalError'));

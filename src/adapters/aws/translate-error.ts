import {
  isSnowmeltError,
  type SnowmeltError,
  TerminalError,
  TransientError,
} from '../../errors.ts';

/**
 * AWS error names after which trying again may help.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 * https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html
 */
const TRANSIENT_NAMES = new Set([
  'ConcurrentModificationException',
  'ConditionalRequestConflict',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServiceException',
  'LimitExceededException',
  'OperationTimeoutException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'ResourceNumberLimitExceededException',
  'ServiceUnavailable',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/**
 * Node's names for a connection that did not come about or broke:
 * https://nodejs.org/api/errors.html#common-system-errors
 */
const NETWORK_CODES = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

interface AwsFields {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/**
 * Turns an error of the AWS SDK into ours.
 *
 * @param doing completes "Cannot …", for example `write s3://bucket/key`
 */
export function translateAwsError(error: unknown, doing: string): SnowmeltError {
  if (isSnowmeltError(error)) return error;
  if (!(error instanceof Error)) {
    return new TerminalError(`Cannot ${doing}: unknown error. Read the log.`, {
      code: 'UNEXPECTED',
      cause: error,
    });
  }
  const { code, $metadata } = error as AwsFields;
  const status = $metadata?.httpStatusCode;
  const details = { awsError: error.name, status, awsRequestId: $metadata?.requestId };
  const isTransient =
    TRANSIENT_NAMES.has(error.name) ||
    (code !== undefined && NETWORK_CODES.has(code)) ||
    status === 429 ||
    (status !== undefined && status >= 500);
  if (isTransient) {
    return new TransientError(
      `Cannot ${doing}: the service is not answering as it should (${error.name}). Try again.`,
      { code: 'STORE_UNAVAILABLE', details, cause: error },
    );
  }
  return new TerminalError(
    `Cannot ${doing}: the service refused it (${error.name}). ` +
      'Check that it exists and that the role may use it.',
    { code: 'STORE_REFUSED', details, cause: error },
  );
}

/** Runs a call to AWS and translates what it throws. */
export async function callAws<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw translateAwsError(error, doing);
  }
}

/** True for an AWS error of one of the given names. */
export const isAwsError = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);

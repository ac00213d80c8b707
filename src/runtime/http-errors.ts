import { isSnowmeltError } from '../errors.ts';

export interface HttpError {
  readonly status: 400 | 404 | 500 | 503;
  readonly body: { readonly code: string; readonly message: string; readonly requestId: string };
}

/** What a caller is told of an error: our own message, or that it was unexpected; never a stack. */
export function httpError(error: unknown, requestId: string): HttpError {
  if (!isSnowmeltError(error)) {
    const message = 'Cannot answer: an unexpected error. Look for the request id in the log.';
    return { status: 500, body: { code: 'UNEXPECTED', message, requestId } };
  }
  const { code, message } = error;
  const body = { code, message, requestId };
  if (error.name === 'TransientError') return { status: 503, body };
  if (code === 'NOT_FOUND') return { status: 404, body };
  return { status: code === 'EVENT_INVALID' ? 400 : 500, body };
}

/** Where the services put what people want to read, in the JSON that a task's cause often is. */
const TEXT_FIELDS = ['errorMessage', 'ErrorMessage', 'FailureReason', 'Cause'] as const;

/** Nested runs wrap causes in causes; no deeper than this. */
const MAX_DEPTH = 5;

/**
 * The sentence in a cause: Lambda, Glue, SageMaker and nested runs fail with a JSON document that has it somewhere.
 * A cause that is plain text, or a document without such a field, is returned as it is.
 */
export function readableCause(cause: string, depth = 0): string {
  if (!cause.startsWith('{') || depth === MAX_DEPTH) return cause;
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(cause);
  } catch {
    return cause;
  }
  const found = TEXT_FIELDS.map((field) => document[field]).find(
    (text) => typeof text === 'string' && text !== '',
  );
  return typeof found === 'string' ? readableCause(found, depth + 1) : cause;
}

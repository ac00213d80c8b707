import { isSnowmeltError } from '../errors.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line of JSON for each event; fields given to `with` go on every line. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  with(fields: LogFields): Log;
}

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface LogOptions {
  readonly level?: LogLevel;
  readonly fields?: LogFields;
  readonly write?: (line: string) => void;
}

export function createLog(options: LogOptions = {}): Log {
  const { level = 'info', fields = {}, write = (line: string) => console.log(line) } = options;
  const at =
    (lineLevel: LogLevel) =>
    (message: string, lineFields: LogFields = {}) => {
      if (ORDER.indexOf(lineLevel) < ORDER.indexOf(level)) return;
      const time = new Date().toISOString();
      write(JSON.stringify({ time, level: lineLevel, message, ...fields, ...lineFields }));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (more) => createLog({ level, fields: { ...fields, ...more }, write }),
  };
}

/**
 * What a log line says of an error: its name, code and details, and the names and messages of its
 * causes.
 */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    causes.push(`${cause.name}: ${cause.message}`);
  }
  return {
    errorName: error.name,
    errorMessage: error.message,
    ...(isSnowmeltError(error) ? { code: error.code, details: error.details } : {}),
    ...(causes.length > 0 ? { causes } : {}),
    ...(isSnowmeltError(error) ? {} : { stack: error.stack }),
  };
}

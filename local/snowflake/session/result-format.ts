import type { FractionDigits } from '../storage/wire-expression.ts';
import type { SessionState } from './session-state.ts';

/** The parameter that says a client's format, by the CLIENT_APP_ID of its log-in. */
const FORMATS: Readonly<Record<string, string>> = {
  PythonConnector: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
  JDBC: 'JDBC_QUERY_RESULT_FORMAT',
  ODBC: 'ODBC_QUERY_RESULT_FORMAT',
  Go: 'GO_QUERY_RESULT_FORMAT',
  '.NET': 'DOTNET_QUERY_RESULT_FORMAT',
};

/**
 * Whether queries of the session answer Arrow: for the drivers that read it, until they set their
 * parameter to JSON. The Node driver and the SQL API read JSON only.
 */
export function wantsArrow({ client, parameters }: SessionState): boolean {
  const name = FORMATS[client ?? ''];
  return name !== undefined && /^ARROW/i.test(String(parameters.get(name)));
}

/** How a session's JSON results write times; a log-in without a client is the SQL API's. */
export function fractionDigits({ client }: SessionState): FractionDigits {
  return client === undefined ? 'nine' : 'scale';
}

import { compilationError, unsupported } from '../sql/errors.ts';

export type ParameterValue = string | number | boolean;

interface ParameterDefinition {
  readonly value: ParameterValue;
  readonly description: string;
  /**
   * Whether it may be set to anything but its default; one that changes nothing here is refused
   * instead.
   */
  readonly isHonoured: boolean;
}

const honoured = (value: ParameterValue, description: string): ParameterDefinition => ({
  value,
  description,
  isHonoured: true,
});
const fixed = (value: ParameterValue, description: string): ParameterDefinition => ({
  value,
  description,
  isHonoured: false,
});

/** https://docs.snowflake.com/en/sql-reference/parameters; the time zone's default is UTC here. */
export const PARAMETERS: Readonly<Record<string, ParameterDefinition>> = {
  ABORT_DETACHED_QUERY: fixed(false, 'Abort queries whose client has gone'),
  AUTOCOMMIT: honoured(true, 'Commit every statement that is outside a transaction'),
  BINARY_INPUT_FORMAT: fixed('HEX', 'How text becomes BINARY'),
  BINARY_OUTPUT_FORMAT: honoured('HEX', 'How clients print BINARY'),
  CLIENT_MEMORY_LIMIT: honoured(1536, 'Memory of a client, in MB'),
  CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX: honoured(false, 'Scope of JDBC metadata requests'),
  CLIENT_METADATA_USE_SESSION_DATABASE: honoured(false, 'Scope of ODBC metadata requests'),
  CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED: honoured(false, 'Whether clients report failures'),
  CLIENT_PREFETCH_THREADS: honoured(4, 'Threads a client reads results with'),
  CLIENT_REQUEST_MFA_TOKEN: honoured(false, 'Whether clients keep MFA tokens'),
  CLIENT_RESULT_CHUNK_SIZE: honoured(160, 'Largest result chunk of a client, in MB'),
  CLIENT_RESULT_COLUMN_CASE_INSENSITIVE: honoured(false, 'Column lookup of JDBC'),
  CLIENT_SESSION_KEEP_ALIVE: honoured(false, 'Keep the session by heartbeats'),
  CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY: honoured(3600, 'Seconds between heartbeats'),
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: honoured(1_000_000, 'Binds above which a client stages'),
  CLIENT_STORE_TEMPORARY_CREDENTIAL: honoured(false, 'Whether clients keep ID tokens'),
  CLIENT_TELEMETRY_ENABLED: honoured(false, 'Whether clients send telemetry'),
  CLIENT_TIMESTAMP_TYPE_MAPPING: honoured('TIMESTAMP_LTZ', 'Type of bound timestamps'),
  CLIENT_VALIDATE_DEFAULT_PARAMETERS: honoured(false, 'Whether a log-in checks its context'),
  CSV_TIMESTAMP_FORMAT: fixed('', 'How timestamps are unloaded to CSV'),
  DATE_INPUT_FORMAT: honoured('AUTO', 'How text becomes DATE'),
  DATE_OUTPUT_FORMAT: honoured('YYYY-MM-DD', 'How DATE becomes text'),
  ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION: honoured(
    true,
    'Let the values decide the types of unloaded Parquet files',
  ),
  ERROR_ON_NONDETERMINISTIC_MERGE: fixed(true, 'Refuse a MERGE with several source rows a target'),
  ERROR_ON_NONDETERMINISTIC_UPDATE: fixed(
    false,
    'Refuse an UPDATE with several source rows a target',
  ),
  DEFAULT_NULL_ORDERING: fixed('LAST', 'Where NULLs sort'),
  DOTNET_QUERY_RESULT_FORMAT: honoured('ARROW', 'Format of results in .NET'),
  GEOGRAPHY_OUTPUT_FORMAT: honoured('GeoJSON', 'How clients print GEOGRAPHY'),
  GEOMETRY_OUTPUT_FORMAT: honoured('GeoJSON', 'How clients print GEOMETRY'),
  GO_QUERY_RESULT_FORMAT: honoured('ARROW', 'Format of results in Go'),
  JDBC_ENABLE_PUT_GET: honoured(true, 'Whether JDBC sends and fetches files'),
  JDBC_FORMAT_DATE_WITH_TIMEZONE: honoured(true, 'How JDBC prints DATE'),
  JDBC_QUERY_RESULT_FORMAT: honoured('ARROW', 'Format of results in JDBC'),
  JDBC_TREAT_DECIMAL_AS_INT: honoured(true, 'Column type of whole numbers in JDBC'),
  JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC: honoured(false, 'Time zone of TIMESTAMP_NTZ in JDBC'),
  JDBC_USE_SESSION_TIMEZONE: honoured(true, 'Time zone that JDBC prints in'),
  JSON_INDENT: fixed(2, 'Spaces a level of printed JSON'),
  JS_TREAT_INTEGER_AS_BIGINT: honoured(false, 'Type of whole numbers in the Node driver'),
  LOCK_TIMEOUT: honoured(43_200, 'Seconds to wait for a lock'),
  LOG_LEVEL: fixed('OFF', 'What goes into the event table'),
  MULTI_STATEMENT_COUNT: honoured(1, 'Statements a request may hold; 0 for any number'),
  NOORDER_SEQUENCE_AS_DEFAULT: fixed(true, 'Order of sequences'),
  ODBC_QUERY_RESULT_FORMAT: honoured('ARROW', 'Format of results in ODBC'),
  ODBC_TREAT_DECIMAL_AS_INT: honoured(false, 'Column type of whole numbers in ODBC'),
  PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: honoured('ARROW', 'Format of results in Python'),
  QUERY_CONTEXT_CACHE_SIZE: honoured(5, 'Entries of a client’s query context'),
  QUERY_TAG: honoured('', 'Free text kept with each statement'),
  QUOTED_IDENTIFIERS_IGNORE_CASE: fixed(false, 'Fold quoted identifiers'),
  ROWS_PER_RESULTSET: fixed(0, 'Most rows of a result; 0 for all'),
  SEARCH_PATH: fixed('$current, $public', 'Where unqualified names are looked up'),
  STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: fixed(0, 'Seconds a statement may wait for a warehouse'),
  STATEMENT_TIMEOUT_IN_SECONDS: honoured(172_800, 'Seconds a statement may run'),
  STRICT_JSON_OUTPUT: fixed(false, 'Print JSON without Snowflake extensions'),
  TIMESTAMP_DAY_IS_ALWAYS_24H: fixed(false, 'Length of a day at changes of summer time'),
  TIMESTAMP_INPUT_FORMAT: honoured('AUTO', 'How text becomes a timestamp'),
  TIMESTAMP_LTZ_OUTPUT_FORMAT: honoured('', 'How TIMESTAMP_LTZ becomes text'),
  TIMESTAMP_NTZ_OUTPUT_FORMAT: honoured(
    'YYYY-MM-DD HH24:MI:SS.FF3',
    'How TIMESTAMP_NTZ becomes text',
  ),
  TIMESTAMP_OUTPUT_FORMAT: honoured(
    'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
    'How a timestamp becomes text',
  ),
  TIMESTAMP_TYPE_MAPPING: fixed('TIMESTAMP_NTZ', 'What TIMESTAMP stands for'),
  TIMESTAMP_TZ_OUTPUT_FORMAT: honoured('', 'How TIMESTAMP_TZ becomes text'),
  TIMEZONE: honoured('UTC', 'Time zone of the session'),
  TIME_INPUT_FORMAT: honoured('AUTO', 'How text becomes TIME'),
  TIME_OUTPUT_FORMAT: honoured('HH24:MI:SS', 'How TIME becomes text'),
  TRACE_LEVEL: fixed('OFF', 'What goes into the event table'),
  TRANSACTION_ABORT_ON_ERROR: fixed(false, 'End a transaction at its first error'),
  TRANSACTION_DEFAULT_ISOLATION_LEVEL: fixed('READ COMMITTED', 'Isolation of transactions'),
  TWO_DIGIT_CENTURY_START: fixed(1970, 'Century of two-digit years'),
  UNSUPPORTED_DDL_ACTION: fixed('ignore', 'What an unsupported constraint property does'),
  USE_CACHED_RESULT: honoured(true, 'Whether results may be reused'),
  WEEK_OF_YEAR_POLICY: fixed(0, 'How weeks are numbered'),
  WEEK_START: fixed(0, 'First day of the week'),
};

/** Parameters of one session. */
export class SessionParameters {
  readonly #set = new Map<string, ParameterValue>();

  get(name: string): ParameterValue | undefined {
    return this.#set.get(name) ?? definition(name)?.value;
  }

  /**
   * Sets a parameter from its text. @throws SnowflakeError 001420 unknown, 001008 wrong value,
   * 000002 not honoured.
   */
  set(name: string, text: string): void {
    const known = definition(name);
    if (!known) throw unknownParameter(name);
    const value = coerce(name, known.value, text);
    if (!known.isHonoured && value !== known.value) throw unsupported(`${name} = ${text}`);
    this.#set.set(name, value);
  }

  unset(name: string): void {
    if (!definition(name)) throw unknownParameter(name);
    this.#set.delete(name);
  }

  isSet(name: string): boolean {
    return this.#set.has(name);
  }

  all(): { name: string; value: ParameterValue }[] {
    return Object.entries(PARAMETERS).map(([name, { value }]) => ({
      name,
      value: this.#set.get(name) ?? value,
    }));
  }
}

function definition(name: string): ParameterDefinition | undefined {
  return Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
}

function coerce(name: string, like: ParameterValue, text: string): ParameterValue {
  if (typeof like === 'string') return text;
  if (typeof like === 'number' && /^-?\d+$/.test(text)) return Number(text);
  if (typeof like === 'boolean' && /^(true|false)$/i.test(text)) return /^true$/i.test(text);
  throw compilationError('001008', '22023', `invalid value [${text}] for parameter '${name}'`);
}

function unknownParameter(name: string): Error {
  return compilationError('001420', '22023', `invalid property '${name}' for 'SESSION'`);
}

import { unsupported } from '../errors.ts';
import { quoteText, type Typed, typed } from '../expression/typed.ts';
import { ARRAY, DATE, TEXT, TIME, TIMESTAMP_LTZ, TIMESTAMP_NTZ, typeText } from '../types/names.ts';
import { toWall } from '../types/zones.ts';
import type { Call } from './call.ts';
import { aliases, custom, type FunctionFamily } from './entry.ts';

/** Start of the statement as a DuckDB constant, UTC. */
function now(call: Call): string {
  return `TIMESTAMP_NS ${quoteText(call.lowering.scope.now.toISOString().replace('T', ' ').replace('Z', ''))}`;
}

function wallNow(call: Call): string {
  return toWall(now(call), call.lowering.timezone);
}

function text(value: (call: Call) => string | null | undefined) {
  return custom(0, 0, (call) => {
    const found = value(call);
    return typed(
      found === null || found === undefined ? 'CAST(NULL AS VARCHAR)' : quoteText(found),
      TEXT,
    );
  });
}

const timestamp = custom(0, 1, (call) => typed(now(call), TIMESTAMP_LTZ));
const time = custom(0, 1, (call) => typed(`CAST(${wallNow(call)} AS TIME_NS)`, TIME));

/** `NUMBER(38,0)[SB16]` and so on: the storage in brackets is not told. */
function systemTypeof(call: Call): Typed {
  const { type } = call.arg(0);
  return typed(quoteText(type ? typeText(type) : 'NULL[LOB]'), TEXT);
}

function lastQueryId(call: Call): Typed {
  const index = call.has(0) ? Number(call.constant(0)) : -1;
  const found = call.lowering.scope.lastQueryId?.(index);
  return typed(found === undefined ? 'CAST(NULL AS VARCHAR)' : quoteText(found), TEXT);
}

/** One schema, the current one: the search path `$current, $public`. */
function schemas(call: Call): Typed {
  const { database, schema } = call.lowering.scope;
  const list = schema === null ? [] : [`${database}.${schema}`];
  return typed(`CAST(${quoteText(JSON.stringify(list))} AS JSON)`, ARRAY);
}

function parameter(call: Call): Typed {
  const name = call.constant(0).toUpperCase();
  const value = call.lowering.parameter(name);
  if (value === undefined) throw unsupported(`parameter ${name}`);
  return typed(quoteText(value), TEXT);
}

export const CONTEXT: FunctionFamily = {
  name: 'context',
  functions: {
    ...aliases(timestamp, 'CURRENT_TIMESTAMP', 'LOCALTIMESTAMP', 'GETDATE', 'SYSTIMESTAMP'),
    SYSDATE: custom(0, 0, (call) => typed(now(call), TIMESTAMP_NTZ)),
    CURRENT_DATE: custom(0, 0, (call) => typed(`CAST(${wallNow(call)} AS DATE)`, DATE)),
    ...aliases(time, 'CURRENT_TIME', 'LOCALTIME'),
    CURRENT_USER: text((call) => call.lowering.scope.user),
    CURRENT_ROLE: text((call) => call.lowering.scope.role),
    CURRENT_DATABASE: text((call) => call.lowering.scope.database),
    CURRENT_SCHEMA: text((call) => call.lowering.scope.schema),
    CURRENT_SCHEMAS: custom(0, 0, schemas),
    CURRENT_WAREHOUSE: text((call) => call.lowering.scope.warehouse),
    CURRENT_ACCOUNT: text(() => 'LOCAL'),
    CURRENT_ACCOUNT_NAME: text(() => 'LOCAL'),
    CURRENT_ORGANIZATION_NAME: text(() => 'LOCAL'),
    CURRENT_REGION: text(() => 'AWS_US_EAST_1'),
    CURRENT_VERSION: text(() => '9.0.0'),
    CURRENT_CLIENT: text(() => 'local'),
    CURRENT_SESSION: text((call) => call.lowering.scope.sessionId ?? '0'),
    CURRENT_TRANSACTION: text((call) => call.lowering.scope.transactionId ?? null),
    LAST_QUERY_ID: custom(0, 1, lastQueryId),
    SYSTEM$TYPEOF: custom(1, 1, systemTypeof, 'without the storage in brackets'),
    SYSTEM$GET_SESSION_PARAMETER: custom(1, 1, parameter),
  },
};

import type { ResultPartition, SnowflakeError } from '../statement.ts';
import { dmlStats } from './dml-stats.ts';
import { jsonAnswer, rawJsonAnswer, type WireAnswer } from './http.ts';
import { rowType } from './row-type.ts';
import type { RunOutcome, SessionParameters, StatementRun } from './statement-run.ts';
import { transferFields } from './transfer-answer.ts';
import { ASYNCHRONOUS, wireError } from './wire-errors.ts';

/**
 * A first partition up to this size travels inside the answer, as Snowflake's does; the rest goes
 * in chunks.
 */
const LARGEST_INLINE_BYTES = 1024 * 1024;

/** Header that a client has to send back with every chunk it asks for. */
export const CHUNK_KEY_HEADER = 'x-stand-in-chunk-key';

/** Client settings that are the door's business, not the engine's. */
const CLIENT_PARAMETERS: SessionParameters = [
  { name: 'CLIENT_STAGE_ARRAY_BINDING_THRESHOLD', value: 10_000_000 },
  { name: 'CLIENT_SESSION_KEEP_ALIVE', value: false },
  { name: 'CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY', value: 3600 },
  { name: 'CLIENT_PREFETCH_THREADS', value: 4 },
  { name: 'CLIENT_MEMORY_LIMIT', value: 1536 },
  { name: 'CLIENT_TELEMETRY_ENABLED', value: false },
];

/** The session's parameters, completed by what drivers expect to be told. */
export function clientParameters(own: SessionParameters): SessionParameters {
  const named = new Set(own.map(({ name }) => name));
  return [...own, ...CLIENT_PARAMETERS.filter(({ name }) => !named.has(name))];
}

export const success = (data: unknown): WireAnswer =>
  jsonAnswer({ success: true, code: null, message: null, data });

export const failure = (code: string, message: string, data: object = {}): WireAnswer =>
  jsonAnswer({ success: false, code, message, data });

/** A failed statement: HTTP 200, because drivers repeat what fails with anything else. */
export const statementFailure = (error: SnowflakeError, queryId: string): WireAnswer =>
  failure(error.code, error.message, {
    errorCode: error.code,
    sqlState: error.sqlState,
    queryId,
    internalError: false,
    type: error.code.startsWith('00') ? 'COMPILATION' : 'EXECUTION',
    line: -1,
    pos: -1,
    age: 0,
  });

/**
 * The statement goes on; the driver asks at `getResultUrl`. 333334 for those started as
 * asynchronous.
 */
export const stillRunning = (run: StatementRun, isAsync: boolean): WireAnswer =>
  jsonAnswer({
    success: true,
    code: isAsync ? '333334' : '333333',
    message: isAsync ? ASYNCHRONOUS : 'Query execution in progress.',
    data: {
      queryId: run.id,
      getResultUrl: `/queries/${run.id}/result`,
      queryAbortsAfterSecs: 300,
      progressDesc: null,
    },
  });

/** Chunks from partition `from` on; the key is checked when they are fetched. */
function chunkFields(run: StatementRun, outcome: RunOutcome, from: number, origin: string): object {
  const { partitions } = outcome.result;
  if (partitions.length <= from) return {};
  return {
    chunks: partitions.slice(from).map(({ rowCount, byteCount }, index) => ({
      url: `${origin}/chunks/${run.id}/${from + index}`,
      rowCount,
      uncompressedSize: byteCount,
      compressedSize: byteCount,
    })),
    chunkHeaders: { [CHUNK_KEY_HEADER]: chunkKey(run) },
  };
}

/** Key of a run's chunks; a run's id is random enough to be its own, turned round. */
export const chunkKey = (run: StatementRun): string => [...run.id].reverse().join('');

const childFields = ({ children }: RunOutcome): object =>
  children.length === 0
    ? {}
    : {
        resultIds: children.map(({ id }) => id).join(','),
        resultTypes: children.map((child) => child.outcome().statementTypeId).join(','),
      };

function contextFields({ context }: RunOutcome): object {
  return {
    finalDatabaseName: context.database,
    finalSchemaName: context.schema,
    finalWarehouseName: context.warehouse,
    finalRoleName: context.role,
  };
}

/**
 * The first rows as a field of the answer: Arrow in base64, or JSON as the engine wrote it. Without
 * rows the field is empty, for the Python connector cannot make a table of a stream without any.
 */
async function inlineRows(first: ResultPartition | undefined, isInline: boolean): Promise<string> {
  const rows = isInline && first !== undefined && first.rowCount > 0 ? first : undefined;
  if (first?.arrow) {
    return `"rowsetBase64":"${(await rows?.arrow?.())?.toString('base64') ?? ''}"`;
  }
  return `"rowset":[${(await rows?.read()) ?? ''}]`;
}

/**
 * The answer to a finished statement. Rows are spliced in as the engine wrote them, without being
 * parsed: a small first partition inline, all others as chunks to fetch.
 */
export async function resultAnswer(run: StatementRun, origin: string): Promise<WireAnswer> {
  const outcome = run.outcome();
  if (outcome.pages !== undefined) throw wireError.expired(run.id);
  const { result, statementTypeId } = outcome;
  const [first] = result.partitions;
  const isInline = first !== undefined && first.byteCount <= LARGEST_INLINE_BYTES;
  const rows = await inlineRows(first, isInline);
  const data = {
    parameters: clientParameters(outcome.parameters),
    rowtype: rowType(result.columns),
    total: result.rowCount,
    returned: result.rowCount,
    queryId: run.id,
    queryResultFormat: first?.arrow ? 'arrow' : 'json',
    databaseProvider: null,
    numberOfBinds: outcome.bindCount,
    arrayBindSupported: statementTypeId === 0x3100,
    statementTypeId,
    version: 1,
    sendResultTime: run.startedAtMs,
    stats: (await dmlStats(statementTypeId, result)) ?? null,
    queryContext: { entries: [{ id: 0, timestamp: 1, priority: 0, context: 'stand-in' }] },
    ...contextFields(outcome),
    ...childFields(outcome),
    ...(outcome.transfer ? transferFields(outcome.transfer) : {}),
    ...chunkFields(run, outcome, isInline ? 1 : 0, origin),
  };
  const fields = JSON.stringify(data).slice(1);
  return rawJsonAnswer(`{"success":true,"code":null,"message":null,"data":{${rows},${fields}}`);
}

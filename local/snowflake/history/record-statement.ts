import type { Answer } from '../session/answer.ts';
import type { SessionState } from '../session/session-state.ts';
import { SnowflakeError } from '../statement.ts';

/** QUERY_TYPE of kinds that are not named by their own words. */
const TYPES: Readonly<Record<string, string>> = {
  '': 'UNKNOWN',
  WITH: 'SELECT',
  VALUES: 'SELECT',
  BEGIN: 'BEGIN_TRANSACTION',
  'START TRANSACTION': 'BEGIN_TRANSACTION',
  TRUNCATE: 'TRUNCATE_TABLE',
  PUT: 'PUT_FILES',
  GET: 'GET_FILES',
  LIST: 'LIST_FILES',
  REMOVE: 'REMOVE_FILES',
};

/** Verbs whose statements all have one type. */
const VERBS: ReadonlySet<string> = new Set(['SHOW', 'DESCRIBE', 'USE', 'DROP']);

/** QUERY_TYPE of a kind of statement. */
function queryType(kind: string): string {
  const [verb = ''] = kind.split(' ');
  return TYPES[kind] ?? (VERBS.has(verb) ? verb : kind.replaceAll(' ', '_'));
}

const isDml = (statementTypeId: number): boolean => statementTypeId >> 12 === 3;

/** Rows of a query's result, or the rows that a DML statement says it has changed. */
async function rowsProduced({ statementTypeId, result }: Answer): Promise<number | null> {
  if (statementTypeId === 0x1000) return result.rowCount;
  const [partition] = result.partitions;
  if (!isDml(statementTypeId) || result.rowCount !== 1 || !partition) return null;
  const cells: readonly (string | null)[] = JSON.parse(await partition.read());
  const sum = cells.reduce((all, cell) => all + Number(cell ?? 0), 0);
  return Number.isSafeInteger(sum) ? sum : null;
}

/**
 * Runs a statement and enters it into the query history, with its error when it fails. `run` tells
 * the kind of the statement as soon as it knows it.
 */
export async function recorded(
  session: SessionState,
  sql: string,
  queryId: string,
  run: (seeKind: (kind: string) => void) => Promise<Answer>,
): Promise<Answer> {
  const { engine, parameters } = session;
  const startedAt = engine.now();
  const { database, schema, role, warehouse } = session.context;
  const tag = String(parameters.get('QUERY_TAG') ?? '');
  let kind = '';
  const enter = (error: SnowflakeError | null, rows: number | null) =>
    engine.history.add({
      ...{ queryId, text: sql, type: queryType(kind), sessionId: session.id, user: session.user },
      ...{ database, schema, role, warehouse, tag, startedAt, endedAt: engine.now() },
      ...{ errorCode: error?.code ?? null, errorMessage: error?.message ?? null },
      rowsProduced: rows,
    });
  try {
    const answer = await run((seen) => {
      kind = seen;
    });
    enter(null, await rowsProduced(answer));
    return answer;
  } catch (error) {
    if (error instanceof SnowflakeError) enter(error, null);
    throw error;
  }
}

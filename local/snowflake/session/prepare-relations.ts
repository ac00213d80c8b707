import { quoteText, temporaryName } from '../catalog/names.ts';
import { expandTokens } from '../sql/syntax/expand.ts';
import { extractTravels } from '../sql/syntax/travels.ts';
import { tokenize } from '../sql/tokenize.ts';
import { type ResultSet, SnowflakeError } from '../statement.ts';
import { columnType } from '../storage/result-column.ts';
import { valueExpression } from '../storage/wire-expression.ts';
import { duckdbType } from '../types.ts';
import { evaluatePoint } from '../versions/points.ts';
import type { Statement } from './answer.ts';
import { prepareInferred } from './infer-schema.ts';
import { writeLastQueryIds } from './last-query-id.ts';
import type { StatementScope } from './scope.ts';
import type { SessionState } from './session-state.ts';
import { prepareStages } from './stage-relations.ts';
import type { Work } from './transaction.ts';

/** Ids that a text hands to RESULT_SCAN, as literals or by LAST_QUERY_ID. */
function scannedIds(sql: string, queryIds: readonly string[]): string[] {
  if (!/RESULT_SCAN/i.test(sql)) return [];
  const tokens = tokenize(writeLastQueryIds(sql, queryIds));
  return tokens.flatMap((token, at) => {
    const argument = tokens[at + 2];
    const isScan = token.kind === 'word' && token.value === 'RESULT_SCAN';
    return isScan && argument?.kind === 'string' ? [argument.value] : [];
  });
}

/** Evaluates the points in time that a statement's AT, BEFORE and END name. */
export async function preparePoints(
  session: SessionState,
  sql: string,
  scope: StatementScope,
  connection: Pick<Work, 'rows'>,
): Promise<void> {
  if (!/=>/.test(sql) || !/\b(?:AT|BEFORE)\b/i.test(sql)) return;
  const { travels } = extractTravels(expandTokens(sql, scope), sql);
  for (const { from, changes } of travels) {
    for (const point of changes?.end ? [from.point, changes.end] : [from.point]) {
      const { translator } = session.engine;
      scope.offerPoint(point, await evaluatePoint(point, scope, translator, connection));
    }
  }
}

/**
 * Offers the results that RESULT_SCAN reads, the stages in FROM and the values of points in time to
 * the scope.
 */
export async function prepareRelations(
  session: SessionState,
  statement: Statement,
  scope: StatementScope,
  work: Pick<Work, 'run' | 'rows'>,
): Promise<void> {
  await prepareStages(session, statement, scope, work);
  await prepareInferred(session, statement, scope, work);
  await preparePoints(session, statement.sql, scope, work);
  if (/QUERY_HISTORY/i.test(statement.sql)) await session.engine.history.flush();
  for (const queryId of scannedIds(statement.sql, session.queryIds)) {
    const result = session.engine.results.find(queryId.toLowerCase());
    if (!result) throw unknownResult(queryId);
    const name = { database: '_SF', schema: 'RESULT', name: queryId.toLowerCase() };
    const duckdbName = temporaryName(name);
    await restoreResult(work, result, duckdbName);
    const columns = result.columns.map((column) => ({
      name: column.name,
      type: columnType(column),
      nullable: column.nullable,
    }));
    scope.offerResult(queryId, { duckdbName, columns });
  }
}

async function restoreResult(work: Pick<Work, 'run'>, result: ResultSet, table: string) {
  const types = result.columns.map(columnType);
  const names = uniqueNames(result.columns.map(({ name }) => name));
  const columns = types.map((type, at) => `${names[at]} ${duckdbType(type)}`);
  await work.run(`CREATE OR REPLACE TEMP TABLE ${table} (${columns.join(', ')})`);
  const cells = types.map((type, at) => valueExpression(type, `_sf_row[${at + 1}]`));
  for (const partition of result.partitions) {
    const json = quoteText(`[${await partition.read()}]`);
    const rows = `SELECT unnest(from_json(${json}, '[["VARCHAR"]]')) AS _sf_row`;
    await work.run(`INSERT INTO ${table} SELECT ${cells.join(', ')} FROM (${rows})`);
  }
}

/** DuckDB tables cannot have one name twice; a repeated one cannot be named in a query either. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name, at) => {
    const unique = seen.has(name.toLowerCase()) ? `${name}_${at + 1}` : name;
    seen.add(unique.toLowerCase());
    return `"${unique.replaceAll('"', '""')}"`;
  });
}

function unknownResult(queryId: string): SnowflakeError {
  return new SnowflakeError('000709', '02000', `Statement ${queryId} not found`);
}

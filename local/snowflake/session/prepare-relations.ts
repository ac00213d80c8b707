import { quoteText, temporaryName } from '../catalog/names.ts';
import { tokenize } from '../sql/tokenize.ts';
import { type ResultSet, SnowflakeError } from '../statement.ts';
import { columnType } from '../storage/result-column.ts';
import { valueExpression } from '../storage/wire-expression.ts';
import { duckdbType } from '../types.ts';
import type { Statement } from './answer.ts';
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

/** Offers the results that RESULT_SCAN reads, and the stages in FROM, to the scope as relations. */
export async function prepareRelations(
  session: SessionState,
  statement: Statement,
  scope: StatementScope,
  work: Pick<Work, 'run'>,
): Promise<void> {
  await prepareStages(session, statement, scope, work);
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

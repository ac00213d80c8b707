import { SnowflakeError } from '../../statement.ts';
import { encodeArrowQuery } from '../../storage/arrow/encode-arrow.ts';
import { encodeQuery } from '../../storage/encode-result.ts';
import { answerColumns, type Handler, STATEMENT_TYPE } from '../answer.ts';
import { prepareRelations } from '../prepare-relations.ts';
import { fractionDigits, wantsArrow } from '../result-format.ts';
import { StatementScope } from '../scope.ts';
import type { SessionState } from '../session-state.ts';
import { translateWithData } from '../translate-with-data.ts';

/**
 * Reading or writing tables needs a warehouse, as it does in Snowflake. @throws SnowflakeError
 * 000606
 */
export function requireWarehouse(session: SessionState, scope: StatementScope): void {
  if (!scope.needsWarehouse || session.context.warehouse !== null) return;
  throw new SnowflakeError(
    '000606',
    '57P03',
    'No active warehouse selected in the current session. Select an active warehouse with the ' +
      "'use warehouse' command.",
  );
}

/** SELECT, WITH and VALUES. */
export const query: Handler = async (session, statement) => {
  const { engine, transaction } = session;
  const scope = new StatementScope(session, { now: statement.now });
  return transaction.read(async (connection) => {
    await prepareRelations(session, statement, scope, connection);
    const translated = await translateWithData(scope, connection, () =>
      engine.translator.translateQuery(statement.sql, scope),
    );
    if (statement.describeOnly) return answerColumns(STATEMENT_TYPE.select, translated.columns);
    requireWarehouse(session, scope);
    await scope.prepare(connection);
    const { results } = engine;
    const result = wantsArrow(session)
      ? await encodeArrowQuery(connection, results, translated, statement.queryId)
      : await encodeQuery(
          connection,
          results,
          translated,
          statement.queryId,
          fractionDigits(session),
        );
    return { statementTypeId: STATEMENT_TYPE.select, result };
  });
};

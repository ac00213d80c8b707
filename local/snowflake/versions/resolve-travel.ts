import type { TableObject } from '../catalog/model.ts';
import type { Statement } from '../session/answer.ts';
import { StatementScope } from '../session/scope.ts';
import type { SessionState } from '../session/session-state.ts';
import type { Work } from '../session/transaction.ts';
import type { Travel } from '../sql/syntax/travels.ts';
import { evaluatePoint, type Resolved, resolvePoint } from './points.ts';

/** The version of a table at a point that a statement outside of queries names. */
export async function resolveTravel(
  session: SessionState,
  { now }: Pick<Statement, 'now'>,
  work: Pick<Work, 'rows'>,
  table: TableObject,
  from: Travel['from'],
): Promise<Resolved> {
  const scope = new StatementScope(session, { now });
  const value = await evaluatePoint(from.point, scope, session.engine.translator, work);
  scope.offerPoint(from.point, value);
  return resolvePoint(table, from, scope.pointContext());
}

import type { RelationObject } from '../catalog/model.ts';
import { displayObject } from '../catalog/names.ts';
import { physicalName } from '../session/scope.ts';
import { unsupported } from '../sql/errors.ts';
import type { ScopeRelation } from '../sql/scope.ts';
import type { Travel } from '../sql/syntax/travels.ts';
import { type PointContext, requireTracking, resolvePoint, stateOf } from './points.ts';
import { CHANGE_COLUMNS, changesSql, stateSql } from './table-state.ts';

/**
 * A table as it was, or its changes: AT, BEFORE and CHANGES behind it in FROM.
 * @throws SnowflakeError 000707, 091930, 000002 of views and temporary tables
 */
export function travelRelation(
  found: RelationObject,
  travel: Travel,
  context: PointContext,
): ScopeRelation {
  if (found.kind === 'VIEW') throw unsupported(`time travel of view ${displayObject(found)}`);
  if (found.persistence === 'temporary') {
    throw unsupported(`time travel of temporary table ${displayObject(found)}`);
  }
  if (travel.from.point.kind === 'STREAM' && !travel.changes) {
    throw unsupported('AT (STREAM => …) without CHANGES');
  }
  const { log } = context;
  const physical = physicalName(found);
  const start = resolvePoint(found, travel.from, context);
  const from = stateOf(found, start.found, log, physical);
  const { changes } = travel;
  if (!changes) {
    return { duckdbName: `(${stateSql(from)})`, columns: from.table.columns, isReadOnly: true };
  }
  requireTracking(found, start.at);
  const end = changes.end
    ? resolvePoint(found, { mode: 'AT', point: changes.end }, context).found
    : log.at(found.id, Math.max(log.last, start.found.version));
  const to = stateOf(found, end ?? start.found, log, physical);
  return {
    duckdbName: `(${changesSql(from, to, changes.isAppendOnly)})`,
    columns: [...to.table.columns, ...CHANGE_COLUMNS],
    isReadOnly: true,
  };
}

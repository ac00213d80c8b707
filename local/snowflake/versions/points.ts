import type { StreamObject, TableObject } from '../catalog/model.ts';
import { displayName, displayObject } from '../catalog/names.ts';
import { compilationError, unsupported } from '../sql/errors.ts';
import type { Scope } from '../sql/scope.ts';
import type { PointText, Travel } from '../sql/syntax/travels.ts';
import type { Translator } from '../sql/translate.ts';
import { typeText } from '../sql/types/names.ts';
import { SnowflakeError } from '../statement.ts';
import type { StoreConnection } from '../storage/connection.ts';
import { archiveName } from './layout.ts';
import type { TableState } from './table-state.ts';
import type { TableVersion, VersionLog } from './version-log.ts';

/** The value of a point's expression: epoch milliseconds, or a text. */
export type PointValue = number | string;

const DAY_MS = 24 * 60 * 60 * 1000;

/** DuckDB SQL of a point's value. */
function valueSql(point: PointText, scope: Scope, translator: Translator): string {
  if (point.kind === 'STATEMENT' || point.kind === 'STREAM') {
    return `CAST(${translator.translateExpression(point.text, scope).sql} AS VARCHAR)`;
  }
  const { sql, type } = translator.translateExpression(point.text, scope);
  if (point.kind === 'OFFSET') return `CAST(${scope.now.getTime()} + 1000 * (${sql}) AS DOUBLE)`;
  switch (type?.name) {
    case 'TIMESTAMP_TZ':
      return `epoch_ns((${sql})."utc") / 1e6`;
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_NTZ':
      return `epoch_ns(${sql}) / 1e6`;
    case 'TEXT':
    case 'DATE': {
      const target = { name: 'TIMESTAMP_NTZ', scale: 9 } as const;
      const time = translator.translateExpression(point.text, scope, { target });
      return `epoch_ns(${time.sql}) / 1e6`;
    }
    default:
      throw compilationError(
        '002084',
        '42601',
        `Invalid value [${point.text}] for AT or BEFORE: a ${typeText(type)} is no timestamp`,
      );
  }
}

/**
 * The value of a constant expression in AT or BEFORE. A time without time zone is in UTC.
 * https://docs.snowflake.com/en/sql-reference/constructs/at-before
 */
export async function evaluatePoint(
  point: PointText,
  scope: Scope,
  translator: Translator,
  connection: Pick<StoreConnection, 'rows'>,
): Promise<PointValue> {
  const [row] = await connection.rows(`SELECT ${valueSql(point, scope, translator)} AS point`);
  const value = row?.point;
  if (value === null || value === undefined) {
    throw compilationError(
      '002084',
      '42601',
      `Invalid NULL value for ${point.kind} [${point.text}]`,
    );
  }
  return point.kind === 'TIMESTAMP' || point.kind === 'OFFSET' ? Number(value) : String(value);
}

/** What resolving a point needs to know. */
export interface PointContext {
  readonly log: VersionLog;
  readonly now: Date;
  readonly value: (point: PointText) => PointValue;
  readonly stream: (name: string) => StreamObject | undefined;
}

/** A version of a table, and the time that was asked for. */
export interface Resolved {
  readonly found: TableVersion;
  readonly at: number;
}

/**
 * The version of a table at a point.
 * @throws SnowflakeError 000707 beyond its retention or before it was made.
 */
export function resolvePoint(
  table: TableObject,
  { mode, point }: Travel['from'],
  context: PointContext,
): Resolved {
  const resolved = find(table, mode, point, context);
  if (!resolved) throw notAvailable(table);
  const isStream = point.kind === 'STREAM';
  const oldest = context.now.getTime() - table.retentionDays * DAY_MS;
  if (!isStream && resolved.at < oldest) throw notAvailable(table);
  return resolved;
}

function find(
  table: TableObject,
  mode: 'AT' | 'BEFORE',
  point: PointText,
  context: PointContext,
): Resolved | undefined {
  const { log } = context;
  const value = context.value(point);
  if (typeof value === 'number') {
    const isIn = (at: number) => (mode === 'AT' ? at <= value : at < value);
    const found = log.versions(table.id).findLast(({ committedAt }) => isIn(committedAt));
    return found && { found, at: value };
  }
  const version =
    point.kind === 'STREAM'
      ? streamVersion(table, value, context)
      : statementVersion(value, mode, log);
  const found = log.at(table.id, version);
  const next = log.versions(table.id).find((each) => each.version > version);
  return found && { found, at: (next?.committedAt ?? context.now.getTime()) - 1 };
}

function statementVersion(queryId: string, mode: 'AT' | 'BEFORE', log: VersionLog): number {
  const place = log.statement(queryId.toLowerCase());
  if (!place) throw new SnowflakeError('000709', '02000', `Statement ${queryId} not found`);
  return mode === 'AT' ? place.after : place.before;
}

function streamVersion(table: TableObject, name: string, { stream, log }: PointContext): number {
  const found = stream(name);
  if (!found) {
    throw new SnowflakeError(
      '002003',
      '02000',
      `SQL compilation error:\nStream '${displayName([name])}' does not exist or not authorized.`,
    );
  }
  if (found.tableId !== table.id) {
    throw unsupported(`AT (STREAM => '${name}') of a stream on another table`);
  }
  return log.offset(found.id)?.version ?? 0;
}

/** A table as it was at a version. */
export function stateOf(
  table: TableObject,
  { version, mark, generation }: Pick<TableVersion, 'version' | 'mark' | 'generation'>,
  log: VersionLog,
  physical: string,
): TableState {
  const then = log.generation(table, generation);
  if (!then) throw notAvailable(table);
  const rows = then === table ? physical : archiveName(then);
  return { version, mark, table: then, rows };
}

/** 000707 */
export function notAvailable(table: TableObject): SnowflakeError {
  return new SnowflakeError(
    '000707',
    '02000',
    `Time travel data is not available for table ${table.name}. The requested time is either ` +
      'beyond the allowed time travel period or before the object creation time.',
  );
}

/**
 * 091930: changes are asked for of a time when nobody had them tracked.
 * https://docs.snowflake.com/en/user-guide/dynamic-tables/error-codes
 */
export function requireTracking(table: TableObject, since: number): void {
  if (table.isChangeTracked && since >= (table.trackedSince ?? 0)) return;
  throw new SnowflakeError(
    '091930',
    '42601',
    'SQL compilation error:\nChange tracking is not enabled or has been missing for the time range ' +
      `requested on table '${displayObject(table)}'.`,
  );
}

import type { CatalogColumn, Constraint, Identity, TableObject } from '../../catalog/model.ts';
import { duckdbName, temporaryName } from '../../catalog/names.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import type { SnowflakeType } from '../../types.ts';
import type { Statement } from '../answer.ts';
import type { ColumnDefinition, ConstraintDefinition } from '../parse/column-definition.ts';
import { StatementScope } from '../scope.ts';
import type { SessionState } from '../session-state.ts';

/** The table a column belongs to, as far as the sequence of an identity column depends on it. */
export type Home = Pick<TableObject, 'id' | 'database' | 'schema' | 'persistence'>;

/** An identity column of another table, numbered anew. */
export function copyIdentity(column: CatalogColumn, home: Home): CatalogColumn {
  const { identity, name } = column;
  if (!identity) return column;
  return { ...column, identity: { ...identity, sequence: identitySequence(home, name) } };
}

/** DuckDB name of the sequence behind an identity column. */
function identitySequence({ id, database, schema, persistence }: Home, column: string): string {
  const name = { database, schema, name: `_sf_identity_${id}_${column}` };
  return persistence === 'temporary' ? temporaryName(name) : duckdbName(name);
}

function resolveIdentity(definition: ColumnDefinition, home: Home): Identity | null {
  const { identity, name } = definition;
  return identity ? { ...identity, sequence: identitySequence(home, name) } : null;
}

/** A column of the catalog from its definition; `type` where the definition has none. */
export function resolveColumn(
  session: SessionState,
  statement: Statement,
  definition: ColumnDefinition,
  home: Home,
  type: SnowflakeType,
): CatalogColumn {
  const { name, nullable, comment, defaultText } = definition;
  const identity = resolveIdentity(definition, home);
  const defaultSql =
    defaultText === null ? null : translateDefault(session, statement, defaultText, type);
  return {
    name,
    type,
    nullable: nullable && identity === null,
    comment,
    defaultText,
    defaultSql,
    identity,
  };
}

/**
 * Expressions of the current time, which must be taken at the INSERT and not when the table is
 * made.
 */
const CURRENT_TIME =
  /^(?:CURRENT_TIMESTAMP|GETDATE|SYSTIMESTAMP|LOCALTIMESTAMP|SYSDATE|CURRENT_DATE|CURRENT_TIME|LOCALTIME)\s*(?:\(\s*\d*\s*\))?$/i;

function translateDefault(
  session: SessionState,
  statement: Statement,
  text: string,
  type: SnowflakeType,
): string {
  if (CURRENT_TIME.test(text)) return currentTimeDefault(text, type);
  const { translator } = session.engine;
  const translate = (now: Date) => {
    const scope = new StatementScope(session, { now });
    return translator.translateExpression(text, scope, { target: type }).sql;
  };
  const sql = translate(statement.now);
  if (sql !== translate(new Date(0))) throw unsupported(`DEFAULT ${text}`);
  return sql;
}

/** Variables of the DuckDB connection, set before each statement that writes. */
const NOW = "CAST(coalesce(getvariable('sf_now'), CAST(now() AS TIMESTAMP)) AS TIMESTAMP_NS)";
const ZONE = "coalesce(getvariable('sf_timezone'), 'UTC')";

/** What a default of the current time reads: the statement's time and the session's time zone. */
export function clockSql(now: Date, timezone: string): string[] {
  const text = now.toISOString().replace('T', ' ').replace('Z', '');
  return [
    `SET VARIABLE sf_now = TIMESTAMP_NS '${text}'`,
    `SET VARIABLE sf_timezone = '${timezone.replaceAll("'", "''")}'`,
  ];
}

function currentTimeDefault(text: string, type: SnowflakeType): string {
  const isUtc = /^SYSDATE/i.test(text);
  const wall = isUtc ? NOW : `sf_to_wall(${NOW}, ${ZONE})`;
  const cut = (value: string) =>
    type.scale === undefined ? value : `sf_cut(${value}, ${10 ** (9 - type.scale)})`;
  switch (type.name) {
    case 'TIMESTAMP_LTZ':
      return cut(NOW);
    case 'TIMESTAMP_NTZ':
      return cut(wall);
    case 'TIMESTAMP_TZ':
      return `sf_tz(${cut(NOW)}, ${isUtc ? 'CAST(0 AS SMALLINT)' : `sf_zone_offset(${NOW}, ${ZONE})`})`;
    case 'DATE':
      return `CAST(${wall} AS DATE)`;
    case 'TIME':
      return `CAST(${cut(wall)} AS TIME_NS)`;
    default:
      throw unsupported(`DEFAULT ${text} for a column of type ${type.name}`);
  }
}

/** Constraints with the names Snowflake would make up, and no column twice in the table. */
export function resolveConstraints(
  definitions: readonly ConstraintDefinition[],
  tableId: number,
): Constraint[] {
  return definitions.map(({ kind, name, columns, references }, index) => ({
    kind,
    name: name ?? `SYS_CONSTRAINT_${tableId}_${index}`,
    columns,
    references,
  }));
}

/**
 * @throws SnowflakeError 002025 for a column given twice, 000904 for a key over a column that is
 * not there.
 */
export function checkColumns(
  columns: readonly CatalogColumn[],
  constraints: readonly Constraint[],
): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    const folded = name.toLowerCase();
    if (seen.has(folded)) {
      throw compilationError('002025', '42S21', `duplicate column name '${name}'`);
    }
    seen.add(folded);
  }
  const names = new Set(columns.map(({ name }) => name));
  for (const column of constraints.flatMap((each) => each.columns)) {
    if (names.has(column)) continue;
    throw compilationError('000904', '42000', `invalid identifier '${column}'`);
  }
}

/** Columns of a primary key do not take NULL. */
export function withKeysNotNull(
  columns: readonly CatalogColumn[],
  constraints: readonly Constraint[],
): CatalogColumn[] {
  const keys = constraints.filter(({ kind }) => kind === 'PRIMARY KEY');
  const names = new Set(keys.flatMap((each) => each.columns));
  return columns.map((column) =>
    names.has(column.name) ? { ...column, nullable: false } : column,
  );
}

import type { ScopeColumn } from '../sql/scope.ts';
import { INTEGER, TEXT, TIMESTAMP_LTZ } from '../sql/types/names.ts';
import { duckdbType, MAX_TEXT_LENGTH, type SnowflakeType } from '../types.ts';
import { quote, quoteText } from './names.ts';

interface ViewColumn {
  readonly name: string;
  readonly type: SnowflakeType;
  /** DuckDB expression over the rows of `from`. */
  readonly sql: string;
}

interface ViewDefinition {
  /** DuckDB relation of which `o` is the row of `_sf.objects`. */
  readonly from: string;
  readonly where: string;
  readonly columns: readonly ViewColumn[];
}

const text = (name: string, sql: string): ViewColumn => ({ name, type: TEXT, sql });
const integer = (name: string, sql: string): ViewColumn => ({ name, type: INTEGER, sql });
const time = (name: string, sql: string): ViewColumn => ({ name, type: TIMESTAMP_LTZ, sql });

const body = (path: string) => `json_extract_string(o.body, '$.${path}')`;
const yesNo = (sql: string) => `CASE WHEN ${sql} THEN 'YES' ELSE 'NO' END`;
const CREATED = time('CREATED', `CAST(${body('createdAt')} AS TIMESTAMP_NS)`);
const LAST_ALTERED = time('LAST_ALTERED', 'CAST(o.altered_at AS TIMESTAMP_NS)');
const COMMENT = text('COMMENT', body('comment'));
const OBJECTS = '_sf.objects AS o';

const isTable = "o.kind = 'TABLE'";

const TABLES: ViewDefinition = {
  from: OBJECTS,
  where: "o.kind IN ('TABLE', 'VIEW')",
  columns: [
    text('TABLE_CATALOG', 'o."database"'),
    text('TABLE_SCHEMA', 'o."schema"'),
    text('TABLE_NAME', 'o.name'),
    text('TABLE_OWNER', body('owner')),
    text('TABLE_TYPE', `CASE WHEN ${isTable} THEN 'BASE TABLE' ELSE 'VIEW' END`),
    text(
      'IS_TRANSIENT',
      `CASE WHEN ${isTable} THEN ${yesNo(`${body('persistence')} = 'transient'`)} END`,
    ),
    text('CLUSTERING_KEY', `CASE WHEN ${isTable} THEN 'LINEAR' || ${body('clusterBy')} END`),
    integer('ROW_COUNT', 'o.row_count'),
    integer('BYTES', 'NULL'),
    integer('RETENTION_TIME', body('retentionDays')),
    CREATED,
    LAST_ALTERED,
    text('AUTO_CLUSTERING_ON', `CASE WHEN ${isTable} THEN 'NO' END`),
    COMMENT,
    text('IS_TEMPORARY', `CASE WHEN ${isTable} THEN 'NO' END`),
    text('IS_ICEBERG', `CASE WHEN ${isTable} THEN 'NO' END`),
    text('IS_DYNAMIC', `CASE WHEN ${isTable} THEN 'NO' END`),
  ],
};

const SCHEMATA: ViewDefinition = {
  from: OBJECTS,
  where: "o.kind = 'SCHEMA'",
  columns: [
    text('CATALOG_NAME', 'o."database"'),
    text('SCHEMA_NAME', 'o.name'),
    text('SCHEMA_OWNER', body('owner')),
    text('IS_TRANSIENT', yesNo(`${body('isTransient')} = 'true'`)),
    text('IS_MANAGED_ACCESS', "'NO'"),
    integer('RETENTION_TIME', body('retentionDays')),
    CREATED,
    LAST_ALTERED,
    COMMENT,
  ],
};

const DATABASES: ViewDefinition = {
  from: OBJECTS,
  where: "o.kind = 'DATABASE'",
  columns: [
    text('DATABASE_NAME', 'o.name'),
    text('DATABASE_OWNER', body('owner')),
    text('IS_TRANSIENT', yesNo(`${body('isTransient')} = 'true'`)),
    COMMENT,
    CREATED,
    LAST_ALTERED,
    integer('RETENTION_TIME', body('retentionDays')),
    text('TYPE', "'STANDARD'"),
  ],
};

const VIEWS: ViewDefinition = {
  from: OBJECTS,
  where: "o.kind = 'VIEW'",
  columns: [
    text('TABLE_CATALOG', 'o."database"'),
    text('TABLE_SCHEMA', 'o."schema"'),
    text('TABLE_NAME', 'o.name'),
    text('TABLE_OWNER', body('owner')),
    text('VIEW_DEFINITION', body('text')),
    text('CHECK_OPTION', "'NONE'"),
    text('IS_UPDATABLE', "'NO'"),
    text('INSERTABLE_INTO', "'NO'"),
    text('IS_SECURE', yesNo(`${body('isSecure')} = 'true'`)),
    CREATED,
    LAST_ALTERED,
    COMMENT,
  ],
};

const SEQUENCES: ViewDefinition = {
  from: OBJECTS,
  where: "o.kind = 'SEQUENCE'",
  columns: [
    text('SEQUENCE_CATALOG', 'o."database"'),
    text('SEQUENCE_SCHEMA', 'o."schema"'),
    text('SEQUENCE_NAME', 'o.name'),
    text('SEQUENCE_OWNER', body('owner')),
    text('DATA_TYPE', "'NUMBER'"),
    integer('NUMERIC_PRECISION', '38'),
    integer('NUMERIC_PRECISION_RADIX', '10'),
    integer('NUMERIC_SCALE', '0'),
    text('START_VALUE', body('start')),
    text('INCREMENT', body('increment')),
    text('CYCLE_OPTION', "'NO'"),
    CREATED,
    LAST_ALTERED,
    text('ORDERED', yesNo(`${body('isOrdered')} = 'true'`)),
    COMMENT,
  ],
};

const column = (path: string) => `json_extract_string(c.item, '$.${path}')`;
const typeIn = (...names: readonly string[]) =>
  `${column('type.name')} IN (${names.map(quoteText).join(', ')})`;
const TIMES = ['TIME', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'TIMESTAMP_TZ'];
const bytes = `least(CAST(${column('type.length')} AS BIGINT) * 4, ${MAX_TEXT_LENGTH})`;

const COLUMNS: ViewDefinition = {
  from: `${OBJECTS}, LATERAL (
    SELECT unnest(CAST(json_extract(o.body, '$.columns') AS JSON[])) AS item,
      generate_subscripts(CAST(json_extract(o.body, '$.columns') AS JSON[]), 1) AS at) AS c`,
  where: "o.kind IN ('TABLE', 'VIEW')",
  columns: [
    text('TABLE_CATALOG', 'o."database"'),
    text('TABLE_SCHEMA', 'o."schema"'),
    text('TABLE_NAME', 'o.name'),
    text('COLUMN_NAME', column('name')),
    integer('ORDINAL_POSITION', 'c.at'),
    text('COLUMN_DEFAULT', column('defaultText')),
    text('IS_NULLABLE', yesNo(`${column('nullable')} = 'true'`)),
    text('DATA_TYPE', column('type.name')),
    integer(
      'CHARACTER_MAXIMUM_LENGTH',
      `CASE WHEN ${typeIn('TEXT', 'BINARY')} THEN ${column('type.length')} END`,
    ),
    integer(
      'CHARACTER_OCTET_LENGTH',
      `CASE WHEN ${typeIn('TEXT')} THEN ${bytes} WHEN ${typeIn('BINARY')} THEN CAST(${column('type.length')} AS BIGINT) END`,
    ),
    integer(
      'NUMERIC_PRECISION',
      `CASE WHEN ${typeIn('NUMBER')} THEN ${column('type.precision')} END`,
    ),
    integer('NUMERIC_PRECISION_RADIX', `CASE WHEN ${typeIn('NUMBER')} THEN 10 END`),
    integer('NUMERIC_SCALE', `CASE WHEN ${typeIn('NUMBER')} THEN ${column('type.scale')} END`),
    integer('DATETIME_PRECISION', `CASE WHEN ${typeIn(...TIMES)} THEN ${column('type.scale')} END`),
    text('IS_IDENTITY', yesNo(`${column('identity')} IS NOT NULL`)),
    text(
      'IDENTITY_GENERATION',
      `CASE WHEN ${column('identity')} IS NOT NULL THEN 'BY DEFAULT' END`,
    ),
    text('IDENTITY_START', column('identity.start')),
    text('IDENTITY_INCREMENT', column('identity.increment')),
    text('IDENTITY_CYCLE', `CASE WHEN ${column('identity')} IS NOT NULL THEN 'NO' END`),
    text('IDENTITY_ORDERED', `CASE WHEN ${column('identity')} IS NOT NULL THEN 'YES' END`),
    text('COMMENT', column('comment')),
    text('DATA_TYPE_ALIAS', 'NULL'),
  ],
};

const constraint = (path: string) => `json_extract_string(c.item, '$.${path}')`;

const TABLE_CONSTRAINTS: ViewDefinition = {
  from: `${OBJECTS}, LATERAL (
    SELECT unnest(CAST(json_extract(o.body, '$.constraints') AS JSON[])) AS item) AS c`,
  where: isTable,
  columns: [
    text('CONSTRAINT_CATALOG', 'o."database"'),
    text('CONSTRAINT_SCHEMA', 'o."schema"'),
    text('CONSTRAINT_NAME', constraint('name')),
    text('TABLE_CATALOG', 'o."database"'),
    text('TABLE_SCHEMA', 'o."schema"'),
    text('TABLE_NAME', 'o.name'),
    text('CONSTRAINT_TYPE', constraint('kind')),
    text('IS_DEFERRABLE', "'NO'"),
    text('INITIALLY_DEFERRED', "'NO'"),
    text('ENFORCED', "'NO'"),
    text('COMMENT', 'NULL'),
    CREATED,
    LAST_ALTERED,
    text('RELY', "'NO'"),
  ],
};

/** https://docs.snowflake.com/en/sql-reference/info-schema; temporary tables are not listed. */
export const INFORMATION_SCHEMA: Readonly<Record<string, ViewDefinition>> = {
  TABLES,
  COLUMNS,
  SCHEMATA,
  DATABASES,
  VIEWS,
  SEQUENCES,
  TABLE_CONSTRAINTS,
};

export interface InformationSchemaView {
  readonly sql: string;
  readonly columns: readonly ScopeColumn[];
}

/** A view of `database`.INFORMATION_SCHEMA as a DuckDB query over the catalog's table. */
export function informationSchemaView(
  database: string,
  name: string,
): InformationSchemaView | undefined {
  const definition = Object.hasOwn(INFORMATION_SCHEMA, name) ? INFORMATION_SCHEMA[name] : undefined;
  if (!definition) return undefined;
  const cells = definition.columns.map(
    (each) => `CAST(${each.sql} AS ${duckdbType(each.type)}) AS ${quote(each.name)}`,
  );
  const own = name === 'DATABASES' ? 'TRUE' : `o."database" = ${quoteText(database)}`;
  return {
    sql: `SELECT ${cells.join(', ')} FROM ${definition.from} WHERE ${definition.where} AND ${own}`,
    columns: definition.columns.map(({ name, type }) => ({ name, type, nullable: true })),
  };
}

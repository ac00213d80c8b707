import { epochUnit } from '../model/canonical-text.ts';
import type { ManifestColumn } from '../model/manifest.ts';
import { profileSql } from '../model/row-profile.ts';
import { quoteName, snowflakeText } from '../model/sql-text.ts';
import type { SourceColumn } from '../ports/warehouse.ts';
import { contractSql } from './extract-sql.ts';
import type { WindowReading } from './read-window.ts';
import { epochSql, offsetMinutesSql, sourceProfile, timeOfDaySql } from './source-profile.ts';

/** A column of unloaded files: what it is, and how it is made from the source. */
interface UnloadedColumn extends ManifestColumn {
  readonly expression: string;
}

export interface UnloadOptions {
  /** `s3://…/part`: where the names of the files begin. */
  readonly location: string;
  readonly integration: string;
  readonly maxFileBytes: number;
  /** ISO 8601 UTC, in milliseconds. */
  readonly extractedAt: string;
  readonly sourceSystem: string;
}

/** Most that MAX_FILE_SIZE may be. */
const LARGEST_FILE_BYTES = 5_368_709_120;

/** Digits of a whole number of micro- or nanoseconds since 1970. */
const EPOCH_DIGITS = { MICROSECOND: 18, NANOSECOND: 19 } as const;

type Written = Pick<UnloadedColumn, 'expression' | 'parquetType' | 'readAs'>;

/** Whole numbers are what a Parquet file holds of a timestamp without losing a digit. */
function instant(value: string, { scale }: SourceColumn, readAs: string): Written {
  const unit = epochUnit(scale);
  const digits = EPOCH_DIGITS[unit];
  const expression = `${epochSql(value, unit)}::NUMBER(${digits},0)`;
  return { expression, parquetType: `DECIMAL(${digits},0)`, readAs };
}

/**
 * How a column is unloaded to Parquet. Snowflake cuts timestamps and times of day to milliseconds
 * and refuses TIMESTAMP_LTZ and TIMESTAMP_TZ, so that these go as numbers and texts; NUMBER is a
 * decimal of its own precision.
 * https://docs.snowflake.com/en/user-guide/data-unload-considerations
 */
function written(column: SourceColumn, fetched: ManifestColumn): Written {
  const value = quoteName(column.name);
  const same = fetched.parquetType;
  switch (column.type) {
    case 'NUMBER': {
      const parquetType = `DECIMAL(${column.precision ?? 38},${column.scale ?? 0})`;
      return { expression: value, parquetType, ...(parquetType === same ? {} : { readAs: same }) };
    }
    case 'TIME':
      return { expression: timeOfDaySql(value), parquetType: same };
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return instant(value, column, same);
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return { expression: `TO_JSON(${value})`, parquetType: same };
    default:
      return { expression: value, parquetType: same };
  }
}

function addedColumn(column: ManifestColumn, options: UnloadOptions): UnloadedColumn {
  if (column.name === 'source_system') {
    return { ...column, expression: `${snowflakeText(options.sourceSystem)}::VARCHAR` };
  }
  const micros = BigInt(Date.parse(options.extractedAt)) * 1000n;
  const { parquetType: readAs } = column;
  const expression = `${micros}::NUMBER(18,0)`;
  return { ...column, expression, parquetType: 'DECIMAL(18,0)', readAs };
}

/**
 * The columns of unloaded files: those that fetched files have, in the same order, each with the
 * type it has in the file and, where that is another, the type to read it as.
 */
export function unloadedColumns(
  source: readonly SourceColumn[],
  fetched: readonly ManifestColumn[],
  options: UnloadOptions,
): readonly UnloadedColumn[] {
  const byName = new Map(source.map((column) => [column.name, column]));
  const zoned = new Map(source.map(({ name }) => [`${name}__offset_minutes`, name]));
  return fetched.map((column) => {
    const own = byName.get(column.name);
    if (own !== undefined) return { ...column, ...written(own, column) };
    const offsetOf = zoned.get(column.name);
    if (offsetOf === undefined) return addedColumn(column, options);
    const expression = `${offsetMinutesSql(quoteName(offsetOf))}::NUMBER(4,0)`;
    return { ...column, expression, parquetType: 'DECIMAL(4,0)', readAs: column.parquetType };
  });
}

/** https://docs.snowflake.com/en/sql-reference/sql/copy-into-location */
function copySql(
  relation: string,
  columns: readonly UnloadedColumn[],
  { location, integration, maxFileBytes }: UnloadOptions,
): string {
  const list = columns.map(({ name, expression }) => `${expression} AS ${quoteName(name)}`);
  return (
    `COPY INTO ${snowflakeText(location)}\nFROM (SELECT ${list.join(',\n  ')}\nFROM ${relation})\n` +
    `STORAGE_INTEGRATION = ${integration}\nFILE_FORMAT = (TYPE = PARQUET COMPRESSION = SNAPPY)\n` +
    `HEADER = TRUE OVERWRITE = TRUE DETAILED_OUTPUT = TRUE MAX_FILE_SIZE = ${Math.min(LARGEST_FILE_BYTES, Math.round(maxFileBytes))}`
  );
}

/** The rows of a window as a relation whose columns have the types of the contract. */
export const relationOf = (reading: WindowReading): string =>
  `(${contractSql(reading, reading.columns)}) AS window_rows`;

/**
 * The statements of an unload, of one session: types of files are those of the columns, not of the
 * values that happen to be there; the files; and what the same snapshot holds, which `reading` is
 * of.
 * https://docs.snowflake.com/en/sql-reference/parameters#enable-unload-physical-type-optimization
 */
export function unloadStatements(
  reading: WindowReading,
  columns: readonly UnloadedColumn[],
  options: UnloadOptions,
): readonly string[] {
  const relation = relationOf(reading);
  return [
    'ALTER SESSION SET ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION = FALSE',
    copySql(relation, columns, options),
    profileSql(relation, reading.columns, sourceProfile),
  ];
}

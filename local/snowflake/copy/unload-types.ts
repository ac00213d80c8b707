import { quote } from '../catalog/names.ts';
import type { ScopeColumn } from '../sql/scope.ts';
import { SnowflakeError } from '../statement.ts';
import type { StoreConnection } from '../storage/connection.ts';

/**
 * Refuses what cannot be written to Parquet; the wording is Snowflake's.
 * https://docs.snowflake.com/en/user-guide/data-unload-considerations
 */
export function refuseUnwritable(columns: readonly ScopeColumn[]): void {
  const zoned = columns.find(({ type }) => /^TIMESTAMP_(?:TZ|LTZ)$/.test(type.name));
  if (!zoned) return;
  throw new SnowflakeError(
    '001757',
    '22000',
    'Error encountered when unloading to PARQUET: TIMESTAMP_TZ and LTZ types are not supported for ' +
      `unloading to Parquet. value get: ${zoned.type.name}`,
  );
}

const MILLISECOND_NANOS = 1_000_000;

/** The value of a column as Parquet holds it, when types follow what the query says. */
function logicalValue({ type }: ScopeColumn, value: string): string {
  switch (type.name) {
    case 'TIMESTAMP_NTZ':
      return `CAST(CAST(sf_cut(${value}, ${MILLISECOND_NANOS}) AS TIMESTAMP) AS TIMESTAMP_MS)`;
    case 'TIME':
      return `CAST(sf_cut_time(${value}, ${MILLISECOND_NANOS}) AS TIME)`;
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return `CAST(${value} AS VARCHAR)`;
    default:
      return value;
  }
}

const INTEGERS: readonly (readonly [string, bigint])[] = [
  ['TINYINT', 2n ** 7n],
  ['SMALLINT', 2n ** 15n],
  ['INTEGER', 2n ** 31n],
  ['BIGINT', 2n ** 63n],
];

/** The smallest type that holds all values of a NUMBER column, given the least and the greatest. */
export function smallestType(scale: number, least: bigint, greatest: bigint): string {
  if (scale === 0) {
    const fits = INTEGERS.find(([, limit]) => least >= -limit && greatest < limit);
    if (fits) return fits[0];
  }
  const digits = [least, greatest].map((value) => String(value < 0n ? -value : value).length);
  return `DECIMAL(${Math.max(...digits, scale, 1)},${scale})`;
}

/** Whole numbers of units of the last digit, least and greatest, of the NUMBER columns. */
async function ranges(connection: StoreConnection, relation: string, names: readonly string[]) {
  const cells = names.flatMap((name, at) => [
    `CAST(min(${quote(name)}) AS VARCHAR) AS a${at}`,
    `CAST(max(${quote(name)}) AS VARCHAR) AS b${at}`,
  ]);
  if (cells.length === 0) return {};
  const [row = {}] = await connection.rows(`SELECT ${cells.join(', ')} FROM ${relation}`);
  return row;
}

const units = (text: unknown): bigint => BigInt(String(text ?? '0').replace('.', ''));

/**
 * DuckDB expressions of the columns of `relation` as Parquet holds them. By default the type of a
 * NUMBER column is the smallest that holds its values; with
 * ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION off it is that of the query.
 * https://docs.snowflake.com/en/sql-reference/parameters#enable-unload-physical-type-optimization
 */
export async function parquetValues(
  connection: StoreConnection,
  relation: string,
  columns: readonly ScopeColumn[],
  isOptimized: boolean,
): Promise<string[]> {
  const numbers = isOptimized ? columns.filter(({ type }) => type.name === 'NUMBER') : [];
  const range = await ranges(
    connection,
    relation,
    numbers.map(({ name }) => name),
  );
  return columns.map((column) => {
    const at = numbers.indexOf(column);
    if (at < 0) return logicalValue(column, quote(column.name));
    const type = smallestType(
      column.type.scale ?? 0,
      units(range[`a${at}`]),
      units(range[`b${at}`]),
    );
    return `CAST(${quote(column.name)} AS ${type})`;
  });
}

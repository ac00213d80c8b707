import type { ManifestColumn } from '../../model/manifest.ts';
import { declaredType } from '../../model/source-type.ts';
import { duckdbText, quoteName } from '../../model/sql-text.ts';
import type { SourceColumn } from '../../ports/warehouse.ts';

/** One column of a file: its type in DuckDB's words and how it is read from the source's text. */
export interface FileColumn extends ManifestColumn {
  /** DuckDB SQL. */
  readonly expression: string;
}

/** Most digits a BIGINT surely holds. */
const BIGINT_DIGITS = 18;

/**
 * Most fractional digits of DuckDB's TIMESTAMP; one with more is a TIMESTAMP_NS, of the years 1677
 * to 2262.
 */
const MICROSECOND_DIGITS = 6;

function numberType({ precision, scale }: SourceColumn): string {
  const digits = precision ?? 38;
  return (scale ?? 0) === 0 && digits <= BIGINT_DIGITS
    ? 'BIGINT'
    : `DECIMAL(${digits},${scale ?? 0})`;
}

/**
 * Seconds since 1970 with a fraction, as text, to a timestamp: the exponent moves the point, so no
 * digit is lost.
 */
function timestamp(seconds: string, scale: number | null): { type: string; expression: string } {
  return (scale ?? 9) <= MICROSECOND_DIGITS
    ? { type: 'TIMESTAMP', expression: `make_timestamp((${seconds} || 'e6')::BIGINT)` }
    : { type: 'TIMESTAMP_NS', expression: `make_timestamp_ns((${seconds} || 'e9')::BIGINT)` };
}

/** Seconds since midnight with a fraction, as text, to HH:MM:SS.nnnnnnnnn. */
function timeOfDay(cell: string): string {
  const seconds = `split_part(${cell}, '.', 1)::INTEGER`;
  const parts = [`${seconds} // 3600`, `${seconds} // 60 % 60`, `${seconds} % 60`];
  const fraction = `rpad(split_part(${cell}, '.', 2), 9, '0')`;
  return `printf('%02d:%02d:%02d.%s', ${parts.join(', ')}, ${fraction})`;
}

function readCell(column: SourceColumn, cell: string): { type: string; expression: string } {
  const cast = (type: string) => ({ type, expression: `${cell}::${type}` });
  switch (column.type) {
    case 'NUMBER':
      return cast(numberType(column));
    case 'FLOAT':
      return cast('DOUBLE');
    case 'BOOLEAN':
      return cast('BOOLEAN');
    case 'DATE':
      return { type: 'DATE', expression: `DATE '1970-01-01' + ${cell}::INTEGER` };
    case 'TIME':
      return {
        type: 'VARCHAR',
        expression: `CASE WHEN ${cell} IS NOT NULL THEN ${timeOfDay(cell)} END`,
      };
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
      return timestamp(cell, column.scale);
    case 'TIMESTAMP_TZ':
      return timestamp(`split_part(${cell}, ' ', 1)`, column.scale);
    case 'BINARY':
      return { type: 'BLOB', expression: `unhex(${cell})` };
    default:
      return { type: 'VARCHAR', expression: cell };
  }
}

/**
 * The columns of a file for the columns of a result. Cells come as `j[1]`, `j[2]`, … in the text
 * forms of the SQL API:
 * https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses
 */
export function fileColumns(columns: readonly SourceColumn[]): readonly FileColumn[] {
  return columns.flatMap((column, index) => {
    const cell = `j[${index + 1}]`;
    const { type: parquetType, expression } = readCell(column, cell);
    const { name, nullable } = column;
    const file = { name, type: declaredType(column), nullable, parquetType, expression };
    if (column.type !== 'TIMESTAMP_TZ') return [file];
    const offset = {
      name: `${name}__offset_minutes`,
      type: 'NUMBER(4,0)',
      nullable,
      parquetType: 'INTEGER',
      expression: `split_part(${cell}, ' ', 2)::INTEGER - 1440`,
    };
    return [file, offset];
  });
}

/** The columns that every bronze row has beside the source's. */
export function addedColumns(extractedAt: string, sourceSystem: string): readonly FileColumn[] {
  const instant = extractedAt.replace('T', ' ').replace('Z', '');
  return [
    {
      name: 'extraction_timestamp',
      type: 'TIMESTAMP_NTZ(6)',
      nullable: false,
      parquetType: 'TIMESTAMP',
      expression: `TIMESTAMP ${duckdbText(instant)}`,
    },
    {
      name: 'source_system',
      type: 'VARCHAR',
      nullable: false,
      parquetType: 'VARCHAR',
      expression: duckdbText(sourceSystem),
    },
  ];
}

/** The select list that makes these columns. */
export const selectList = (columns: readonly FileColumn[]): string =>
  columns.map(({ name, expression }) => `${expression} AS ${quoteName(name)}`).join(',\n       ');

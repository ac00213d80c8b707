import type { CatalogColumn } from '../../catalog/model.ts';
import { quote } from '../../catalog/names.ts';
import { type FileFormat, textOf } from '../../copy/file-format.ts';
import { stageColumns } from '../../copy/stage-relation.ts';
import { compilationError, unknownObject, valueCount } from '../../sql/errors.ts';
import { tokenize } from '../../sql/tokenize.ts';
import { raise } from '../../sql/types/macros.ts';
import { isSemiStructured } from '../../sql/types/names.ts';
import type { CopyLoad } from '../parse/copy-load.ts';
import type { StatementScope } from '../scope.ts';
import type { SessionState } from '../session-state.ts';

/** How the cells of a file become those of a table. */
export interface LoadPlan {
  /** Columns of the table that are filled, and for each an expression over the staged columns. */
  readonly targets: readonly CatalogColumn[];
  readonly expressions: readonly string[];
  /** Staged columns `$1` to `$width`. */
  readonly width: number;
  /** Fields that a record of the file must have. */
  readonly fieldCount?: number;
  /** Matches columns by name rather than by place. */
  readonly isByName: boolean;
}

interface Planning {
  readonly session: SessionState;
  readonly scope: StatementScope;
  readonly copy: CopyLoad;
  readonly format: FileFormat;
  readonly targets: readonly CatalogColumn[];
}

/** Highest `$n` in a text. */
export function highestPosition(sql: string): number {
  const found = tokenize(sql).filter(({ kind }) => kind === 'positional');
  return Math.max(1, ...found.map(({ value }) => Number(value)));
}

function chosenColumns(columns: readonly CatalogColumn[], names: readonly string[] | null) {
  if (names === null) return columns;
  return names.map((name) => {
    const found = columns.find((each) => each.name === name);
    if (!found) throw unknownObject(name);
    return found;
  });
}

const quoteLiteral = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const TIME_FORMATS: Readonly<Record<string, readonly [string, string]>> = {
  DATE: ['TO_DATE', 'DATE_FORMAT'],
  TIME: ['TO_TIME', 'TIME_FORMAT'],
  TIMESTAMP_NTZ: ['TO_TIMESTAMP_NTZ', 'TIMESTAMP_FORMAT'],
  TIMESTAMP_LTZ: ['TO_TIMESTAMP_LTZ', 'TIMESTAMP_FORMAT'],
  TIMESTAMP_TZ: ['TO_TIMESTAMP_TZ', 'TIMESTAMP_FORMAT'],
};

/** A cell of CSV, or a value of JSON, on its way into a column, in Snowflake's dialect. */
function cellExpression(cell: string, { type }: CatalogColumn, planning: Planning): string {
  const { format, copy } = planning;
  const [call, option] = TIME_FORMATS[type.name] ?? [];
  if (call !== undefined && option !== undefined && format.type !== 'PARQUET') {
    const pattern = textOf(format, option);
    if (pattern !== 'AUTO') return `${call}(${cell}::VARCHAR, ${quoteLiteral(pattern)})`;
  }
  if (type.name === 'BINARY' && format.type !== 'PARQUET') {
    return `TO_BINARY(${cell}::VARCHAR, ${quoteLiteral(textOf(format, 'BINARY_FORMAT'))})`;
  }
  if (format.type === 'CSV' && isSemiStructured(type)) return `PARSE_JSON(${cell})::${type.name}`;
  if (type.name === 'TEXT' && copy.isTruncating) return `LEFT(${cell}::VARCHAR, ${type.length})`;
  return cell;
}

/** A NULL that the column does not take is an error of the row, as any other. */
function notNull(sql: string, column: CatalogColumn): string {
  if (column.nullable) return sql;
  const error = raise('100072', '22000', "'NULL result in a non-nullable column'");
  return `CASE WHEN ${sql} IS NULL THEN ${error} ELSE ${sql} END`;
}

/**
 * DuckDB reads a text as a 38-digit number in six microseconds, as a 64-bit one in a tenth of that;
 * most whole numbers are short.
 */
function quickInteger(sql: string): string {
  const [, cell, precision] = /^CAST\(("\$\d+") AS DECIMAL\((\d+),0\)\)$/.exec(sql) ?? [];
  if (cell === undefined || Number(precision) <= 18) return sql;
  const isShort = `regexp_full_match(${cell}, '[+-]?[0-9]{1,17}')`;
  return `CASE WHEN ${isShort} THEN CAST(CAST(${cell} AS BIGINT) AS DECIMAL(${precision},0)) ELSE ${sql} END`;
}

function translated(planning: Planning, items: readonly string[], width: number): string[] {
  const { session, scope, format, copy, targets } = planning;
  const row = {
    duckdbName: copy.transformation?.alias ?? '_sf_row',
    columns: stageColumns(format.type, width),
  };
  return items.map((item, at) => {
    const target = targets[at] as CatalogColumn;
    const { sql } = session.engine.translator.translateExpression(item, scope, {
      row,
      target: target.type,
    });
    return notNull(quickInteger(sql), target);
  });
}

/** 002019: several columns of a file whose records are one value each. */
function oneColumnOnly(format: FileFormat): Error {
  return compilationError(
    '002019',
    '0A000',
    `${format.type} file format can produce one and only one column of type variant, object, or array. ` +
      'Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation.',
  );
}

function byPlace(planning: Planning): LoadPlan {
  const { format, targets } = planning;
  const [only] = targets;
  if (format.type !== 'CSV' && (targets.length !== 1 || !isSemiStructured(only?.type ?? null))) {
    throw oneColumnOnly(format);
  }
  const width = targets.length;
  const items = targets.map((column, at) => cellExpression(`$${at + 1}`, column, planning));
  const expressions = translated(planning, items, width);
  return { targets, expressions, width, fieldCount: width, isByName: false };
}

/** CSV picks its columns by the header; other formats by the keys of each record. */
function byName(planning: Planning, keys: readonly string[]): LoadPlan {
  const { format, targets, copy } = planning;
  const fold = (name: string) => (copy.match === 'CASE_SENSITIVE' ? name : name.toUpperCase());
  const items = targets.map((column, at) => {
    if (format.type === 'CSV') return cellExpression(`$${at + 1}`, column, planning);
    const found = keys
      .filter((key) => fold(key) === fold(column.name))
      .map((key) => `$1:${quote(key)}`);
    const [first = 'NULL'] = found;
    return cellExpression(
      found.length > 1 ? `COALESCE(${found.join(', ')})` : first,
      column,
      planning,
    );
  });
  const width = format.type === 'CSV' ? targets.length : 1;
  return { targets, expressions: translated(planning, items, width), width, isByName: true };
}

/**
 * The plan of a COPY: by its transformation, by names, or by places. `keys` are the keys of the
 * records, for columns matched by name.
 */
export function planLoad(
  planning: Omit<Planning, 'targets'>,
  columns: readonly CatalogColumn[],
  keys: readonly string[],
): LoadPlan {
  const { copy } = planning;
  const targets = chosenColumns(columns, copy.columns);
  if (copy.match) return byName({ ...planning, targets }, keys);
  if (!copy.transformation) return byPlace({ ...planning, targets });
  const { items } = copy.transformation;
  if (items.length > targets.length || (copy.columns && items.length !== targets.length)) {
    throw valueCount(targets.length, items.length);
  }
  const filled = targets.slice(0, items.length);
  const width = highestPosition(items.join(', '));
  const expressions = translated({ ...planning, targets: filled }, items, width);
  return { targets: filled, expressions, width, isByName: false };
}

/** Staged columns, and fields of a record, that a COPY needs before it has seen the file. */
export function stagedShape(
  copy: CopyLoad,
  format: FileFormat,
  columns: readonly CatalogColumn[],
): { readonly width: number; readonly fieldCount?: number } {
  if (copy.transformation) return { width: highestPosition(copy.transformation.items.join(', ')) };
  const width = chosenColumns(columns, copy.columns).length;
  if (format.type !== 'CSV') return { width: copy.match ? 1 : width };
  return copy.match ? { width } : { width, fieldCount: width };
}

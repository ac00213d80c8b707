import { TerminalError } from '../errors.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import type { SourceColumn, SourceTypeName } from '../ports/warehouse.ts';
import { requireWatermarkKind } from './watermark-kind.ts';

const EXTRACTABLE: ReadonlySet<string> = new Set<SourceTypeName>([
  'NUMBER',
  'FLOAT',
  'TEXT',
  'BOOLEAN',
  'DATE',
  'TIME',
  'TIMESTAMP_NTZ',
  'TIMESTAMP_LTZ',
  'TIMESTAMP_TZ',
  'VARIANT',
  'OBJECT',
  'ARRAY',
  'BINARY',
]);

/** Columns that every bronze row has beside the source's. */
export const ADDED_COLUMNS = ['extraction_timestamp', 'source_system'] as const;

/** Column of a query with deletes: whether the row is there or gone. */
export const CHANGE_COLUMN = '_change';

/** Column beside a TIMESTAMP_TZ, for the offset that an instant does not have. */
export const offsetColumn = (name: string) => `${name}__offset_minutes`;

/** Whether a column is one that extraction adds, among all columns of its files. */
export function isAddedColumn(name: string, columns: ReadonlySet<string>): boolean {
  if (ADDED_COLUMNS.some((added) => added === name)) return true;
  const base = /^(.+)__offset_minutes$/.exec(name)?.[1];
  return base !== undefined && columns.has(base);
}

type QueryFields = Pick<ExtractQuery, 'name' | 'key' | 'columns' | 'watermark_column' | 'deletes'>;

function refuse(query: QueryFields, code: 'CONFIG_INVALID' | 'SCHEMA_DRIFT', why: string): never {
  throw new TerminalError(`Cannot extract ${query.name}: ${why}`, {
    code,
    details: { query: query.name },
  });
}

/** A column as named in pipeline.yml: exactly so, or the only one that differs by case. */
function findColumn(columns: readonly SourceColumn[], name: string): SourceColumn | undefined {
  const exact = columns.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const similar = columns.filter((c) => c.name.toUpperCase() === name.toUpperCase());
  return similar.length === 1 ? similar[0] : undefined;
}

function requireColumn(
  query: QueryFields,
  columns: readonly SourceColumn[],
  name: string,
  role: string,
): SourceColumn {
  const column = findColumn(columns, name);
  if (column !== undefined) return column;
  return refuse(
    query,
    'SCHEMA_DRIFT',
    `the source has no column ${name}, its ${role}. Name one of its columns in pipeline.yml.`,
  );
}

/** Engines after us know columns regardless of case, so that two such names would be one column. */
function refuseClashes(query: QueryFields, columns: readonly SourceColumn[]): void {
  const added = [
    ...ADDED_COLUMNS,
    ...(query.deletes === 'none' ? [] : [CHANGE_COLUMN]),
    ...columns.filter((c) => c.type === 'TIMESTAMP_TZ').map((c) => offsetColumn(c.name)),
  ];
  const seen = new Set(added.map((name) => name.toUpperCase()));
  for (const { name } of columns) {
    if (seen.has(name.toUpperCase())) {
      const way = 'Read it with sql and give it another name, or list columns without it.';
      refuse(query, 'CONFIG_INVALID', `column ${name} has the name of another. ${way}`);
    }
    seen.add(name.toUpperCase());
  }
}

/**
 * The columns to extract: those listed in pipeline.yml, or all, in the source's order.
 *
 * @throws TerminalError SCHEMA_DRIFT when a named column is missing, CONFIG_INVALID for a name or
 *   type we cannot write
 */
export function chooseColumns(
  query: QueryFields,
  described: readonly SourceColumn[],
): readonly SourceColumn[] {
  const listed = query.columns?.map((name) => requireColumn(query, described, name, 'column'));
  const columns = listed === undefined ? described : described.filter((c) => listed.includes(c));
  for (const name of query.key) requireColumn(query, columns, name, 'key');
  const strange = columns.find((column) => !EXTRACTABLE.has(column.type));
  if (strange !== undefined) {
    const way = 'Convert it with sql, or list columns without it.';
    refuse(
      query,
      'CONFIG_INVALID',
      `column ${strange.name} has type ${strange.type}, which no file type holds. ${way}`,
    );
  }
  refuseClashes(query, columns);
  return columns;
}

/**
 * The watermark column, or null for a query that is read whole every time.
 *
 * @throws TerminalError SCHEMA_DRIFT when it is missing, CONFIG_INVALID when its type has no order
 *   that a window could follow
 */
export function findWatermarkColumn(
  query: QueryFields,
  described: readonly SourceColumn[],
): SourceColumn | null {
  if (query.watermark_column === undefined) return null;
  const column = requireColumn(query, described, query.watermark_column, 'watermark column');
  requireWatermarkKind(column);
  return column;
}

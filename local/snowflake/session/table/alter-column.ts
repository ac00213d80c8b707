import type { CatalogColumn, TableObject } from '../../catalog/model.ts';
import { quote } from '../../catalog/names.ts';
import { compilationError } from '../../sql/errors.ts';
import { typeText } from '../../sql/types/names.ts';
import { duckdbType, MAX_TEXT_LENGTH, type SnowflakeType } from '../../types.ts';
import { physicalName } from '../scope.ts';
import { createSequenceSql, defaultValueSql } from './table-sql.ts';

/** A table after one change. */
export interface Altered {
  readonly table: TableObject;
  /** DuckDB's ALTER TABLE for it. */
  readonly sql: readonly string[];
  /** Sequences to be made before and dropped after it. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  /**
   * Where rows that are there take a column from, by its name: a column of the table before, as a
   * rule the same.
   */
  readonly sources?: Readonly<Record<string, string>>;
}

export function requireColumn(table: TableObject, name: string): CatalogColumn {
  const found = table.columns.find((column) => column.name === name);
  if (found) return found;
  throw compilationError('000904', '42000', `invalid identifier '${name}'`);
}

function alter(table: TableObject, what: string): string {
  return `ALTER TABLE ${physicalName(table)} ${what}`;
}

function withColumn(table: TableObject, name: string, next: CatalogColumn): TableObject {
  const columns = table.columns.map((column) => (column.name === name ? next : column));
  return { ...table, columns };
}

/** ADD COLUMN: rows that are there take the default. */
export function addColumn(table: TableObject, column: CatalogColumn, isEmpty: boolean): Altered {
  const { name, type, nullable, defaultSql, identity } = column;
  if (table.columns.some((each) => each.name.toLowerCase() === name.toLowerCase())) {
    throw compilationError('001430', '42601', `column '${name}' already exists`);
  }
  if (!nullable && !isEmpty && defaultSql === null && identity === null) {
    throw compilationError(
      '002109',
      '22000',
      `Non-nullable column '${name}' cannot be added to non-empty table '${table.name}' unless it has a non-null default value.`,
    );
  }
  const sequence = identity
    ? [createSequenceSql(identity.sequence, identity.start, identity.increment)]
    : [];
  const value = defaultValueSql(column);
  const byDefault = value === null ? '' : ` DEFAULT (${value})`;
  const add = alter(table, `ADD COLUMN ${quote(name)} ${duckdbType(type)}${byDefault}`);
  const notNull = nullable ? [] : [alter(table, `ALTER COLUMN ${quote(name)} SET NOT NULL`)];
  return {
    table: { ...table, columns: [...table.columns, column] },
    sql: [add, ...notNull],
    before: sequence,
    sources: { [name]: value ?? 'NULL' },
  };
}

export function dropColumn(table: TableObject, name: string): Altered {
  const column = requireColumn(table, name);
  if (table.columns.length === 1) {
    throw compilationError('001492', '42601', `Cannot drop the only column '${name}'.`);
  }
  const sequence = column.identity ? [`DROP SEQUENCE ${column.identity.sequence}`] : [];
  return {
    table: {
      ...table,
      columns: table.columns.filter((each) => each.name !== name),
      constraints: table.constraints.filter(({ columns }) => !columns.includes(name)),
    },
    sql: [alter(table, `DROP COLUMN ${quote(name)}`)],
    after: sequence,
  };
}

export function renameColumn(table: TableObject, from: string, to: string): Altered {
  const column = requireColumn(table, from);
  const isTaken = table.columns.some(
    (each) => each.name !== from && each.name.toLowerCase() === to.toLowerCase(),
  );
  if (isTaken) throw compilationError('001430', '42601', `column '${to}' already exists`);
  const renamed = withColumn(table, from, { ...column, name: to });
  const constraints = renamed.constraints.map((each) => ({
    ...each,
    columns: each.columns.map((name) => (name === from ? to : name)),
  }));
  return {
    table: { ...renamed, constraints },
    sql: [alter(table, `RENAME COLUMN ${quote(from)} TO ${quote(to)}`)],
    sources: { [to]: quote(from) },
  };
}

export function setNullable(table: TableObject, name: string, nullable: boolean): Altered {
  const column = requireColumn(table, name);
  const what = nullable ? 'DROP NOT NULL' : 'SET NOT NULL';
  const sql =
    column.nullable === nullable ? [] : [alter(table, `ALTER COLUMN ${quote(name)} ${what}`)];
  return { table: withColumn(table, name, { ...column, nullable }), sql };
}

export function dropDefault(table: TableObject, name: string): Altered {
  const column = requireColumn(table, name);
  const next = { ...column, defaultText: null, defaultSql: null };
  return {
    table: withColumn(table, name, next),
    sql: [alter(table, `ALTER COLUMN ${quote(name)} DROP DEFAULT`)],
  };
}

export function setComment(table: TableObject, name: string, comment: string | null): Altered {
  const column = requireColumn(table, name);
  return { table: withColumn(table, name, { ...column, comment }), sql: [] };
}

/** Longer texts, other precisions of the same scale; nothing else. */
export function setType(table: TableObject, name: string, type: SnowflakeType): Altered {
  const column = requireColumn(table, name);
  if (typeText(type) === typeText(column.type)) return { table, sql: [] };
  checkTypeChange(column, type);
  const isSame = duckdbType(type) === duckdbType(column.type);
  const change = alter(table, `ALTER COLUMN ${quote(name)} SET DATA TYPE ${duckdbType(type)}`);
  return { table: withColumn(table, name, { ...column, type }), sql: isSame ? [] : [change] };
}

/** https://docs.snowflake.com/en/sql-reference/sql/alter-table-column */
function checkTypeChange({ name, type: from }: CatalogColumn, to: SnowflakeType): void {
  const refuse = (reason: string) =>
    compilationError(
      '040052',
      '22000',
      `cannot change column ${name} from type ${typeText(from)} to ${typeText(to)} because ${reason}`,
    );
  if (from.name !== to.name) throw refuse('the types are not compatible.');
  if (from.name === 'TEXT' || from.name === 'BINARY') {
    const shorter = (to.length ?? MAX_TEXT_LENGTH) < (from.length ?? MAX_TEXT_LENGTH);
    if (shorter) throw refuse('reducing the byte-length of a varchar is not supported.');
    return;
  }
  if ((from.scale ?? 0) !== (to.scale ?? 0)) throw refuse('changing the scale is not supported.');
}

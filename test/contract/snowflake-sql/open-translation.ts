import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Scope, ScopeColumn, ScopeRelation } from '#local/snowflake/sql/scope.ts';
import { loadTranslator, type Translator } from '#local/snowflake/sql/translate.ts';
import { duckdbType, type SnowflakeType } from '#local/snowflake/types.ts';

export interface TableSpec {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: SnowflakeType])[];
}

/** A translation over an in-memory DuckDB: tables in one schema, no catalog, no sessions. */
export interface Translation {
  readonly translator: Translator;
  readonly connection: DuckDBConnection;
  scope(parameters?: Readonly<Record<string, string>>): Scope;
  /** Rows of a query as texts (null for NULL), and its columns. */
  query(sql: string, parameters?: Readonly<Record<string, string>>): Promise<QueryAnswer>;
  /** Runs a DML statement the way an engine does; the counts by column, or the error of a check. */
  run(sql: string): Promise<Record<string, number>>;
}

export interface QueryAnswer {
  readonly rows: (string | null)[][];
  readonly columns: readonly ScopeColumn[];
}

const NOW = new Date('2024-03-15T10:20:30.123Z');

function relationOf(table: TableSpec): ScopeRelation {
  return {
    duckdbName: `"DB.PUBLIC"."${table.name}"`,
    columns: table.columns.map(([name, type]) => ({ name, type, nullable: true })),
  };
}

function openScope(
  tables: ReadonlyMap<string, ScopeRelation>,
  parameters: Readonly<Record<string, string>>,
): Scope {
  const variables: Readonly<Record<string, string>> = {
    LIMIT_VALUE: '10',
    TABLE_NAME: "'DB.PUBLIC.ORDERS'",
  };
  return {
    user: 'ANA',
    database: 'DB',
    schema: 'PUBLIC',
    warehouse: 'WH',
    role: 'ANALYST',
    now: NOW,
    parameter: (name) => parameters[name] ?? (name === 'TIMEZONE' ? 'UTC' : undefined),
    variable: (name) => variables[name],
    relation: (parts) => {
      const [name = '', schema = 'PUBLIC', database = 'DB'] = [...parts].reverse();
      return schema === 'PUBLIC' && database === 'DB' ? tables.get(name) : undefined;
    },
    sequence: () => undefined,
    lastQueryId: () => '01000000-0000-0000-0000-000000000001',
    resultScan: (id) =>
      id === '01000000-0000-0000-0000-000000000001' ? tables.get('ORDERS') : undefined,
  };
}

/**
 * A cell as text: floats without a needless `.0`, TIMESTAMP_TZ as its wall clock and offset in
 * minutes.
 */
function cellText(column: ScopeColumn, cell: string): string {
  if (column.type.name === 'FLOAT') return `sf_float_text(${cell})`;
  if (column.type.name !== 'TIMESTAMP_TZ') return `CAST(${cell} AS VARCHAR)`;
  return `sf_tz_wall(${cell}) || ' ' || ${cell}."offset"`;
}

async function readTexts(
  connection: DuckDBConnection,
  sql: string,
  columns: readonly ScopeColumn[],
) {
  const names = columns.map((_, index) => `"_sf_${index}"`);
  const items = columns.map((column, index) => cellText(column, `"_sf_t".${names[index]}`));
  const wrapped = `SELECT ${items.join(', ')} FROM (${sql}) AS "_sf_t"(${names.join(', ')})`;
  const reader = await connection.runAndReadAll(wrapped);
  return reader.getRowsJson() as (string | null)[][];
}

/** Checks that DuckDB's types are the ones the declared columns have. */
async function checkTypes(
  connection: DuckDBConnection,
  sql: string,
  columns: readonly ScopeColumn[],
) {
  const described = await connection.runAndReadAll(`DESCRIBE ${sql}`);
  described.getRowsJson().forEach((row, index) => {
    const column = columns[index];
    const expected = column ? duckdbType(column.type) : '';
    if (String(row[1]).replaceAll('"', '') !== expected.replaceAll('"', ''))
      throw new Error(`${column?.name} is ${row[1]}, declared ${expected}: ${sql}`);
  });
}

export async function openTranslation(tables: readonly TableSpec[]): Promise<Translation> {
  const translator = await loadTranslator();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const macro of translator.macros) await connection.run(macro);
  await connection.run('CREATE SCHEMA "DB.PUBLIC"');
  const known = new Map<string, ScopeRelation>();
  for (const table of tables) {
    const relation = relationOf(table);
    const columns = table.columns.map(([name, type]) => `"${name}" ${duckdbType(type)}`);
    await connection.run(`CREATE TABLE ${relation.duckdbName} (${columns.join(', ')})`);
    known.set(table.name, relation);
  }
  const scope = (parameters: Readonly<Record<string, string>> = {}) => openScope(known, parameters);
  return {
    translator,
    connection,
    scope,
    async query(sql, parameters) {
      const { sql: duckdb, columns } = translator.translateQuery(sql, scope(parameters));
      await checkTypes(connection, duckdb, columns);
      return { rows: await readTexts(connection, duckdb, columns), columns };
    },
    run: (sql) => runDml(connection, translator, sql, scope()),
  };
}

async function runDml(
  connection: DuckDBConnection,
  translator: Translator,
  sql: string,
  scope: Scope,
) {
  const { checks, steps, counts } = translator.translateDml(sql, scope);
  for (const check of checks) {
    const found = await connection.runAndReadAll(check.sql);
    if (found.currentRowCount > 0) throw check.error;
  }
  const before: Record<string, number> = {};
  for (const { column, from } of counts) {
    if (!('sql' in from)) continue;
    const counted = await connection.runAndReadAll(from.sql);
    before[column] = Number(counted.getRowsJson()[0]?.[0]);
  }
  const answers: unknown[][][] = [];
  for (const step of steps) answers.push((await connection.runAndReadAll(step.sql)).getRowsJson());
  return Object.fromEntries(
    counts.map(({ column, from }) => {
      if ('sql' in from) return [column, before[column] ?? 0];
      const rows = answers[from.step] ?? [];
      if (!from.action) return [column, Number(rows[0]?.[0])];
      return [column, rows.filter((row) => row[0] === from.action).length];
    }),
  );
}

import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { attachSql, lakeViewsSql, openLake, refuseWrites } from './lake.ts';
import { openStack } from './stack.ts';
import { textTable } from './text-table.ts';

async function run({ args, options, shared }: Invocation): Promise<Outcome> {
  const [sql] = args;
  if (sql === undefined && options.attach !== true) {
    throw new UsageError('Cannot query nothing: give one SELECT in quotes, or --attach.');
  }
  const stack = await openStack(shared);
  if (sql === undefined) {
    const snippet = `${[...attachSql(stack), ...(await lakeViewsSql(stack))].join(';\n')};`;
    return { document: { sql: snippet }, text: snippet };
  }
  const connection = await openLake(stack);
  try {
    await refuseWrites(connection, sql);
    const reader = await connection.runAndReadAll(sql);
    const columns = reader.columnNames();
    const rows = reader.getRowsJson();
    return { document: { columns, rows }, text: () => textTable(columns, rows) };
  } finally {
    connection.closeSync();
  }
}

export const queryCommand: Command = {
  name: 'query',
  summary: 'SQL over bronze, silver and gold (DuckDB, read-only)',
  usage: '"<select …>" | --attach',
  example: 'snowmelt query "select count(*) from silver.dim_customers"',
  options: { attach: { type: 'boolean' } },
  run,
};

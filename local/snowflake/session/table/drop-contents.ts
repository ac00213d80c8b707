import type { CatalogObject } from '../../catalog/model.ts';
import { duckdbSchema } from '../../catalog/names.ts';
import type { SessionState } from '../session-state.ts';
import type { Work } from '../transaction.ts';
import { dropObjectSql } from './replace-object.ts';
import { droppedTableName, dropTableSql } from './table-sql.ts';

/**
 * Drops everything in a database, or in one schema of it, and the DuckDB schemas; answers what has
 * gone from the catalog. Tables go before sequences, which their defaults may name.
 */
export async function dropContents(
  session: SessionState,
  work: Work,
  database: string,
  schema?: string,
): Promise<CatalogObject[]> {
  const inside = session.engine.catalog.within(database, schema);
  const objects = inside.filter(({ kind }) => kind !== 'SCHEMA');
  const tables = objects.filter(({ kind }) => kind === 'TABLE');
  const others = objects.filter(({ kind }) => kind !== 'TABLE');
  for (const object of [...tables, ...others]) {
    for (const sql of dropObjectSql(object)) await work.run(sql);
  }
  for (const { table } of session.engine.versions.dropped) {
    const isInside = table.database === database && (schema ?? table.schema) === table.schema;
    if (!isInside) continue;
    for (const sql of dropTableSql(table, droppedTableName(table))) await work.run(sql);
  }
  const schemas =
    schema === undefined
      ? inside.filter(({ kind }) => kind === 'SCHEMA').map(({ name }) => name)
      : [schema];
  for (const name of schemas) await work.run(`DROP SCHEMA ${duckdbSchema(database, name)} CASCADE`);
  return inside;
}

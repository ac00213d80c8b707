import type { StoreConnection } from '../storage/connection.ts';
import type { CatalogObject } from './model.ts';
import { quoteText } from './names.ts';

/**
 * One row an object; `body` is the object as JSON. `row_count` and `altered_at` of a table change
 * with its rows. No primary key: DuckDB cannot delete and insert one key in the same transaction.
 */
export const CATALOG_TABLE = `
CREATE SCHEMA IF NOT EXISTS _sf;
CREATE TABLE IF NOT EXISTS _sf.objects (
  id BIGINT NOT NULL, kind VARCHAR NOT NULL, "database" VARCHAR, "schema" VARCHAR, name VARCHAR NOT NULL,
  altered_at TIMESTAMP_MS NOT NULL, row_count BIGINT, body JSON NOT NULL
)`;

export async function loadObjects(connection: StoreConnection): Promise<CatalogObject[]> {
  const rows = await connection.rows(
    'SELECT CAST(body AS VARCHAR) AS body, epoch_ms(altered_at) AS altered FROM _sf.objects ORDER BY id',
  );
  return rows.map(({ body, altered }) => ({
    ...dated<CatalogObject>(JSON.parse(String(body))),
    alteredAt: new Date(Number(altered)),
  }));
}

/** An object read from JSON, its times made dates again. */
export function dated<T extends CatalogObject>(object: T): T {
  const { createdAt, alteredAt } = object;
  return { ...object, createdAt: new Date(createdAt), alteredAt: new Date(alteredAt) };
}

export function deleteSql(ids: readonly number[]): string {
  return `DELETE FROM _sf.objects WHERE id IN (${ids.join(', ')})`;
}

export function insertSql(objects: readonly CatalogObject[]): string {
  const rows = objects.map((object) => {
    const texts = [object.kind, object.database, object.schema, object.name];
    const cells = texts.map((text) => (text === null ? 'NULL' : quoteText(text)));
    const altered = `epoch_ms(${object.alteredAt.getTime()})`;
    return `(${object.id}, ${cells.join(', ')}, ${altered}, NULL, ${quoteText(JSON.stringify(object))})`;
  });
  return `INSERT INTO _sf.objects VALUES ${rows.join(', ')}`;
}

/**
 * Brings a table's row count and time of change up to date, in the transaction that changed its
 * rows.
 */
export function touchSql(id: number, duckdbTable: string, at: Date): string {
  return (
    `UPDATE _sf.objects SET row_count = (SELECT count(*) FROM ${duckdbTable}), ` +
    `altered_at = epoch_ms(${at.getTime()}) WHERE id = ${id}`
  );
}

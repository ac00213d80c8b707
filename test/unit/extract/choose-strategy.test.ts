import { describe, expect, it } from 'vitest';
import { chooseStrategy, tableBytesSql, UNLOAD_BYTES } from '#src/extract/choose-strategy.ts';
import { extractWorld, pipelineDocument } from '#test/helpers/extract-fixtures.ts';

const connection = { ...pipelineDocument().snowflake, storage_integration: 'LAKE' };

/** What is chosen for a table of so many bytes, and what the source was asked. */
async function choose(
  bytes: string | null,
  query: Record<string, unknown> = {},
  previous: object | null = null,
) {
  const { warehouse } = extractWorld();
  const asked: string[] = [];
  const scalar = async (sql: string) => {
    asked.push(sql);
    return bytes;
  };
  const strategy = await chooseStrategy({
    warehouse: { ...warehouse, scalar },
    connection,
    query: pipelineDocument(query).extract.queries[0] as never,
    previous: previous as never,
  });
  return { ...strategy, asked };
}

describe('strategy auto', () => {
  it.each([
    [String(UNLOAD_BYTES - 1), 'fetch'],
    [String(UNLOAD_BYTES), 'unload'],
    [null, 'fetch'],
  ])('takes a table of %s bytes by %s', async (bytes, name) => {
    expect(await choose(bytes)).toMatchObject({ name });
  });

  it('stays with what the run before did, since types in the files differ', async () => {
    const previous = { strategy: { name: 'fetch', reason: 'small' } };

    expect(await choose(String(UNLOAD_BYTES * 9), {}, previous)).toMatchObject({
      name: 'fetch',
      reason: expect.stringContaining('as before'),
      asked: [],
    });
  });

  it('fetches what cannot be unloaded', async () => {
    const sql = { table: undefined, sql: 'select 1 as id' };
    const deletes = { deletes: 'key_difference', watermark_column: 'updated_at' };

    expect(await choose('9e12', sql)).toMatchObject({ name: 'fetch', asked: [] });
    expect(await choose('9e12', deletes)).toMatchObject({ name: 'fetch', asked: [] });
  });

  it('gives way to a strategy that is named', async () => {
    expect(await choose('0', { strategy: 'unload' })).toMatchObject({ name: 'unload', asked: [] });
    expect(await choose('9e12', { strategy: 'fetch' })).toMatchObject({ name: 'fetch', asked: [] });
  });
});

describe('the size of a table', () => {
  it.each([
    ['orders', 'SHOP', 'PUBLIC', 'ORDERS'],
    ['raw.orders', 'SHOP', 'RAW', 'ORDERS'],
    ['lake.raw."Or""ders.x"', 'LAKE', 'RAW', 'Or"ders.x'],
  ])('is asked for %s by the names that Snowflake keeps', (table, database, schema, name) => {
    expect(tableBytesSql(table, connection)).toBe(
      `SELECT BYTES FROM "${database}".INFORMATION_SCHEMA.TABLES\n` +
        `WHERE TABLE_SCHEMA = '${schema}' AND TABLE_NAME = '${name}'`,
    );
  });
});

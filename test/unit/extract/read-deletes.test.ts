import { describe, expect, it } from 'vitest';
import { countSql, selectSql } from '#src/extract/extract-sql.ts';
import { changeColumn, planDeletes } from '#src/extract/read-deletes.ts';
import type { ExtractQuery } from '#src/model/pipeline.ts';
import type { Warehouse } from '#src/ports/warehouse.ts';
import { manifestDocument } from '#test/helpers/documents.ts';
import { pipelineDocument, sourceColumn } from '#test/helpers/extract-fixtures.ts';

const id = sourceColumn('ID', 'NUMBER', { precision: 9 });
const part = sourceColumn('part', 'TEXT', { length: 5 });
const price = sourceColumn('PRICE', 'NUMBER', { precision: 10, scale: 2 });
const columns = [id, part, price];
const SNAPSHOT = '2024-05-01 12:00:00.000000000';

const queryOf = (options: Record<string, unknown>) =>
  pipelineDocument({ key: ['id', 'part'], ...options }).extract.queries[0] as ExtractQuery;

const warehouse = { describe: async () => [] } as unknown as Warehouse;
const options = { runId: "run'2", committed: 'run-1', previous: null, snapshotAt: SNAPSHOT };

describe('deletes by changes', () => {
  const query = queryOf({ deletes: 'changes' });
  const previous = manifestDocument({
    source: 'orders',
    deletes: 'changes',
    snapshotAt: '2024-05-01T11:00:00.123456789Z',
  });

  it('are read from the snapshot of the last commit to that of the run', async () => {
    const deletes = await planDeletes(warehouse, query, columns, { ...options, previous });

    expect(deletes?.sql).toBe(
      'SELECT DISTINCT "ID", "part"\n' +
        'FROM orders CHANGES(INFORMATION => DEFAULT)\n' +
        "  AT(TIMESTAMP => '2024-05-01 11:00:00.123456789 +00:00'::TIMESTAMP_TZ(9)) " +
        `END(TIMESTAMP => '${SNAPSHOT} +00:00'::TIMESTAMP_TZ(9))\n` +
        "WHERE METADATA$ACTION = 'DELETE'",
    );
    expect(deletes?.before).toEqual([]);
  });

  it.each([
    ['the first time', null],
    ['when they were not followed before', { ...previous, deletes: 'none' as const }],
    ['when another table was read before', { ...previous, source: 'OTHER' }],
  ])('begin with the run itself %s', async (_, last) => {
    const deletes = await planDeletes(warehouse, query, columns, { ...options, previous: last });

    expect(deletes).toMatchObject({ sql: null, before: [] });
  });

  it('say what to do when the source has not kept them', async () => {
    const refusing = {
      describe: async () => {
        throw new Error('Time travel data is not available for table ORDERS.');
      },
    } as unknown as Warehouse;

    await expect(
      planDeletes(refusing, query, columns, { ...options, previous }),
    ).rejects.toMatchObject({
      code: 'WAREHOUSE_REFUSED',
      message: expect.stringMatching(/not available.*CHANGE_TRACKING.*key_difference/),
    });
  });
});

describe('deletes by a stream', () => {
  it('are held under the run, those of a run that was not committed with them', async () => {
    const query = queryOf({ deletes: 'stream', stream: 'raw.orders_stream' });

    const deletes = await planDeletes(warehouse, query, columns, options);

    const held = 'raw.orders_stream_HELD';
    expect(deletes?.before).toEqual([
      `CREATE TABLE IF NOT EXISTS ${held} ("_run_id" VARCHAR, "ID" NUMBER(9,0), "part" VARCHAR(5))`,
      `DELETE FROM ${held} WHERE "_run_id" = 'run-1'`,
      `UPDATE ${held} SET "_run_id" = 'run''2' WHERE "_run_id" <> 'run''2'`,
      `INSERT INTO ${held} ("_run_id", "ID", "part")\nSELECT 'run''2', "ID", "part"\n` +
        `FROM raw.orders_stream\nWHERE METADATA$ACTION = 'DELETE'`,
    ]);
    expect(deletes?.sql).toBe(
      `SELECT DISTINCT "ID", "part"\nFROM ${held}\nWHERE "_run_id" = 'run''2'`,
    );
  });

  it('have nothing delivered before the first commit, and keep a quoted name quoted', async () => {
    const query = queryOf({ deletes: 'stream', stream: 'raw."Orders"' });

    const deletes = await planDeletes(warehouse, query, columns, { ...options, committed: null });

    expect(deletes?.before).toHaveLength(3);
    expect(deletes?.before[0]).toContain('raw."Orders_held"');
  });
});

describe('the statement of a window with deletes', () => {
  const selection = {
    query: { table: 'orders', sql: undefined },
    window: null,
    watermarkColumn: null,
    takesNulls: true,
    deletes: { sql: 'SELECT gone_keys', key: [id, part], before: [] },
  };
  const gone =
    'FROM (\nSELECT gone_keys\n) AS gone\nWHERE NOT EXISTS (\n' +
    '  SELECT 1 FROM orders AS kept\n' +
    '  WHERE kept."ID" = gone."ID" AND kept."part" = gone."part"\n)';

  it('has a row with key and nulls for each key that no row has', () => {
    expect(selectSql(selection, [...columns, changeColumn])).toBe(
      `SELECT "ID", "part", "PRICE", 'upsert' AS "_change"\nFROM orders\nUNION ALL\n` +
        `SELECT "ID", "part", NULL::NUMBER(10,2) AS "PRICE", 'delete' AS "_change"\n${gone}`,
    );
  });

  it('is counted with them', () => {
    expect(countSql(selection)).toBe(
      `SELECT COUNT(*) FROM (\nSELECT 1 AS one FROM orders\nUNION ALL\n` +
        `SELECT 1 AS one ${gone}\n) AS counted`,
    );
  });

  it('has only the mark of rows that are there as long as none can have gone', async () => {
    const none = { ...selection, deletes: { ...selection.deletes, sql: null } };

    expect(selectSql(none, [id, changeColumn])).toBe(
      `SELECT "ID", 'upsert' AS "_change"\nFROM orders`,
    );
  });
});

describe('what pipeline.yml says of deletes', () => {
  it('is nothing for a query that does not follow them, or does so by keys', async () => {
    expect(await planDeletes(warehouse, queryOf({}), columns, options)).toBeNull();
    const query = queryOf({ deletes: 'key_difference', key_difference_every: '6 hours' });
    expect(await planDeletes(warehouse, query, columns, options)).toBeNull();
  });

  it.each([
    [{ deletes: 'stream' }, 'and only there'],
    [{ stream: 's' }, 'and only there'],
    [{ deletes: 'changes', table: undefined, sql: 'select 1' }, 'no change tracking'],
    [{ deletes: 'key_difference', key_difference_every: 'often' }, '6 hours'],
  ])('is refused: %j', (given, why) => {
    expect(() => queryOf(given)).toThrow(why);
  });
});

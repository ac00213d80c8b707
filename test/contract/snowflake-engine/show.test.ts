import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import {
  openTestEngine,
  records,
  rows,
  run,
  type TestEngine,
} from '#test/helpers/stand-in-engine.ts';

let test: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  test = await openTestEngine(() => new Date('2026-01-02T03:04:05.678Z'));
  session = await test.session();
  for (const sql of [
    "create table orders (id int not null, total number(12,2) default 0 comment 'sum', at timestamp_ntz(3), primary key (id)) comment = 'all orders'",
    'create transient table lines (order_id int references orders (id), body variant)',
    'insert into orders (id) values (1), (2)',
    'create view big_orders as select * from orders where total > 100',
    'create sequence numbers start 5',
    'create schema other',
    'create table other.orders (x int)',
    'use schema db.public',
  ]) {
    await run(session, sql);
  }
});
afterAll(() => test.close());

const names = async (sql: string) => (await records(session, sql)).map(({ name }) => name);

describe('SHOW', () => {
  it("TABLES answers Snowflake's columns with the rows counted", async () => {
    const [lines, orders] = await records(session, 'show tables');
    expect(orders).toEqual({
      created_on: '1767323045.678000000',
      name: 'ORDERS',
      database_name: 'DB',
      schema_name: 'PUBLIC',
      kind: 'TABLE',
      comment: 'all orders',
      cluster_by: '',
      rows: '2',
      bytes: null,
      owner: 'ACCOUNTADMIN',
      retention_time: '1',
      automatic_clustering: 'OFF',
      change_tracking: 'OFF',
    });
    expect(lines).toMatchObject({ name: 'LINES', kind: 'TRANSIENT', rows: '0' });
  });

  it.each([
    ["show tables like 'ord%'", ['ORDERS']],
    ['show tables in schema db.other', ['ORDERS']],
    ['show tables in database db', ['ORDERS', 'LINES', 'ORDERS']],
    ['show tables in account', ['ORDERS', 'LINES', 'ORDERS']],
    ["show tables starts with 'LIN'", ['LINES']],
    ['show tables limit 1', ['LINES']],
    ["show tables limit 5 from 'LINES'", ['ORDERS']],
    ['show views', ['BIG_ORDERS']],
    ['show objects', ['LINES', 'ORDERS', 'BIG_ORDERS']],
    ['show sequences', ['NUMBERS']],
    ['show schemas in database db', ['OTHER', 'PUBLIC']],
    ['show databases', ['DB']],
    ['show warehouses', ['COMPUTE_WH']],
    ['show terse schemas in account', ['OTHER', 'PUBLIC']],
  ])('%s', async (sql, expected) => {
    expect(await names(sql)).toEqual(expected);
  });

  it('TERSE answers five columns', async () => {
    const { result } = await run(session, 'show terse databases');
    expect(result.columns.map(({ name }) => name)).toEqual([
      ...['created_on', 'name', 'kind', 'database_name', 'schema_name'],
    ]);
  });

  it('COLUMNS gives types as JSON', async () => {
    const [id, total] = await records(session, 'show columns in table orders');
    expect(id).toMatchObject({ column_name: 'ID', 'null?': 'NOT_NULL' });
    expect(JSON.parse(total?.data_type ?? '')).toEqual({
      type: 'FIXED',
      precision: 12,
      scale: 2,
      nullable: true,
    });
  });

  it('PRIMARY KEYS and IMPORTED KEYS give what was declared', async () => {
    expect(await records(session, 'show primary keys in table orders')).toMatchObject([
      { table_name: 'ORDERS', column_name: 'ID', key_sequence: '1' },
    ]);
    expect(await records(session, 'show imported keys in table lines')).toMatchObject([
      {
        pk_table_name: 'ORDERS',
        pk_column_name: 'ID',
        fk_table_name: 'LINES',
        fk_column_name: 'ORDER_ID',
      },
    ]);
  });

  it('PARAMETERS gives value, default and level', async () => {
    await run(session, "alter session set timezone = 'Europe/Berlin'");
    expect(await records(session, "show parameters like 'timezone'")).toMatchObject([
      { key: 'TIMEZONE', value: 'Europe/Berlin', default: 'UTC', level: 'SESSION', type: 'STRING' },
    ]);
    await run(session, 'alter session unset timezone');
  });

  it('refuses a place that is not there', async () => {
    await expect(run(session, 'show tables in schema nowhere')).rejects.toMatchObject({
      code: '002003',
      sqlState: '02000',
    });
  });
});

describe('DESCRIBE', () => {
  it('TABLE gives each column, its default and keys', async () => {
    expect(await records(session, 'describe table orders')).toMatchObject([
      { name: 'ID', type: 'NUMBER(38,0)', kind: 'COLUMN', 'null?': 'N', 'primary key': 'Y' },
      { name: 'TOTAL', type: 'NUMBER(12,2)', default: '0', comment: 'sum', 'primary key': 'N' },
      { name: 'AT', type: 'TIMESTAMP_NTZ(3)', 'null?': 'Y', 'unique key': 'N' },
    ]);
  });

  it('VIEW and INFORMATION_SCHEMA views give their columns', async () => {
    expect(await names('desc view big_orders')).toEqual(['ID', 'TOTAL', 'AT']);
    expect((await names('desc table information_schema.columns')).slice(0, 4)).toEqual([
      ...['TABLE_CATALOG', 'TABLE_SCHEMA', 'TABLE_NAME', 'COLUMN_NAME'],
    ]);
  });
});

describe('INFORMATION_SCHEMA', () => {
  it('TABLES counts rows as DML changes them', async () => {
    const counted = `select table_schema, row_count, table_type from information_schema.tables
      where table_name = 'ORDERS' order by table_schema`;
    expect(await rows(session, counted)).toEqual([
      ['OTHER', '0', 'BASE TABLE'],
      ['PUBLIC', '2', 'BASE TABLE'],
    ]);
    await run(session, 'begin');
    await run(session, 'delete from orders where id = 2');
    expect((await rows(session, counted))[1]).toEqual(['PUBLIC', '1', 'BASE TABLE']);
    await run(session, 'rollback');
    expect((await rows(session, counted))[1]).toEqual(['PUBLIC', '2', 'BASE TABLE']);
  });

  it('COLUMNS gives declared types', async () => {
    const sql = `select column_name, ordinal_position, is_nullable, data_type, numeric_precision, numeric_scale,
      datetime_precision, column_default from db.information_schema.columns
      where table_schema = 'PUBLIC' and table_name = 'ORDERS' order by ordinal_position`;
    expect(await rows(session, sql)).toEqual([
      ['ID', '1', 'NO', 'NUMBER', '38', '0', null, null],
      ['TOTAL', '2', 'YES', 'NUMBER', '12', '2', null, '0'],
      ['AT', '3', 'YES', 'TIMESTAMP_NTZ', null, null, '3', null],
    ]);
  });

  it.each([
    ['select schema_name from information_schema.schemata order by 1', [['OTHER'], ['PUBLIC']]],
    ['select database_name from information_schema.databases', [['DB']]],
    ['select table_name from information_schema.views', [['BIG_ORDERS']]],
    ['select sequence_name, start_value from information_schema.sequences', [['NUMBERS', '5']]],
    [
      'select table_name, constraint_type from information_schema.table_constraints order by 1',
      [
        ['LINES', 'FOREIGN KEY'],
        ['ORDERS', 'PRIMARY KEY'],
      ],
    ],
  ])('%s', async (sql, expected) => {
    expect(await rows(session, sql)).toEqual(expected);
  });
});

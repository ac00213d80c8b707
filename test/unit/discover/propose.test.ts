import { describe, expect, it } from 'vitest';
import type { CatalogColumn, CatalogTable } from '#src/discover/catalog-table.ts';
import { expandTables } from '#src/discover/expand-tables.ts';
import { proposeChecks, proposeSilver, silverType } from '#src/discover/propose-contract.ts';
import { proposeQuery } from '#src/discover/propose-query.ts';

const column = (
  name: string,
  type = 'NUMBER',
  more: Partial<CatalogColumn> = {},
): CatalogColumn => ({
  name,
  type,
  precision: type === 'NUMBER' ? 38 : null,
  scale: type === 'NUMBER' ? 0 : null,
  nullable: true,
  ...more,
});

const table = (
  name: string,
  columns: CatalogColumn[],
  primaryKey: string[] = [],
): CatalogTable => ({
  schema: 'PUBLIC',
  name,
  rows: 10,
  primaryKey,
  columns,
});

const orders = table(
  'ORDERS',
  [
    column('ORDER_ID', 'NUMBER', { nullable: false, precision: 18 }),
    column('AMOUNT', 'NUMBER', { precision: 12, scale: 2 }),
    column('UPDATED_AT', 'TIMESTAMP_NTZ', { nullable: false }),
    column('CREATED_AT', 'TIMESTAMP_NTZ'),
  ],
  ['ORDER_ID'],
);

describe('a proposed query', () => {
  it('has the declared key and the column that says when a row was changed', () => {
    expect(proposeQuery(orders)).toEqual({
      name: 'orders',
      table: 'PUBLIC.ORDERS',
      key: ['ORDER_ID'],
      watermark_column: 'UPDATED_AT',
      notes: [],
    });
  });

  it('says so when a key is only guessed, and when a watermark misses changes', () => {
    const guessed = proposeQuery(
      table('Categories', [
        column('CATEGORY_ID', 'NUMBER', { nullable: false }),
        column('CREATED_AT', 'TIMESTAMP_NTZ'),
      ]),
    );

    expect(guessed).toMatchObject({ key: ['CATEGORY_ID'], watermark_column: 'CREATED_AT' });
    expect(guessed.table).toBe('PUBLIC."Categories"');
    expect(guessed.notes).toEqual([
      'CATEGORY_ID is taken for the key by its name alone',
      'CREATED_AT says when a row came: changes to rows that are there already are not seen',
      'CREATED_AT may be NULL: such rows are read with every window',
    ]);
  });

  it('takes no text for a time, nor one of two columns that are as good', () => {
    const unclear = proposeQuery(
      table('T', [
        column('UPDATED_AT', 'TEXT'),
        column('A_MODIFIED_AT', 'TIMESTAMP_NTZ'),
        column('B_MODIFIED_AT', 'TIMESTAMP_NTZ'),
      ]),
    );

    expect(unclear).not.toHaveProperty('watermark_column');
    expect(unclear.key).toEqual([]);
    expect(unclear.notes).toHaveLength(2);
  });
});

describe('a proposed contract', () => {
  it('keeps every value of the source in a silver type', () => {
    expect(silverType(column('A', 'NUMBER', { precision: 18 }))).toBe('bigint');
    expect(silverType(column('A', 'NUMBER', { precision: 19 }))).toBe('decimal(19,0)');
    expect(silverType(column('A', 'TIMESTAMP_TZ'))).toBe('timestamp');
    expect(silverType(column('A', 'VARIANT'))).toBe('string');
    expect(proposeSilver(orders, proposeQuery(orders))).toMatchObject({
      table: 'orders',
      source: 'orders',
      key: ['order_id'],
      columns: [
        { name: 'order_id', type: 'bigint' },
        { name: 'amount', type: 'decimal(12,2)' },
        { name: 'updated_at', type: 'timestamp' },
        { name: 'created_at', type: 'timestamp' },
      ],
    });
  });

  it('checks the key and what must have a value', () => {
    expect(
      proposeChecks(orders, proposeQuery(orders)).map(({ name, kind }) => [name, kind]),
    ).toEqual([
      ['orders_key', 'unique'],
      ['orders_updated_at', 'not_null'],
    ]);
  });
});

describe('patterns of tables', () => {
  const catalog = [orders, { ...orders, name: 'ORDER_ITEMS' }, { ...orders, name: 'AUDIT_LOG' }];
  const pattern = (like: string, more: object = {}) => ({ like, except: [], ...more });

  it('become a query for each table that matches, whatever the case', () => {
    const names = (like: string, more: object = {}) =>
      expandTables([pattern(like, more)], catalog, []).map(({ name }) => name);

    expect(names('*')).toEqual(['orders', 'order_items', 'audit_log']);
    expect(names('order*')).toEqual(['orders', 'order_items']);
    expect(names('public.*', { except: ['AUDIT_*'] })).toEqual(['orders', 'order_items']);
  });

  it('leave a table to the query or the pattern that names it first, and pass on their settings', () => {
    const expanded = expandTables(
      [pattern('order*', { group: 'hourly' }), pattern('*', { watermark_column: 'nowhere' })],
      catalog,
      [{ name: 'order_items' }],
    );

    expect(expanded).toEqual([
      {
        name: 'orders',
        table: 'PUBLIC.ORDERS',
        key: ['ORDER_ID'],
        watermark_column: 'UPDATED_AT',
        group: 'hourly',
      },
      { name: 'audit_log', table: 'PUBLIC.AUDIT_LOG', key: ['ORDER_ID'] },
    ]);
  });

  it('are refused when they match nothing, or a table without a key', () => {
    const keyless = [{ ...orders, primaryKey: [] }];

    expect(() => expandTables([pattern('NOTHING*')], catalog, [])).toThrow(/matches no table/);
    expect(() => expandTables([pattern('*')], keyless, [])).toThrow(/no primary key: ORDERS/);
    expect(expandTables([pattern('*', { key: ['order_id'] })], keyless, [])).toHaveLength(1);
  });
});

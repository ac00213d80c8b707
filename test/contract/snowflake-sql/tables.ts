import type { SnowflakeType } from '#local/snowflake/types.ts';
import type { TableSpec } from './open-translation.ts';

const ID: SnowflakeType = { name: 'NUMBER', precision: 38, scale: 0 };
const MONEY: SnowflakeType = { name: 'NUMBER', precision: 12, scale: 2 };
const TEXT: SnowflakeType = { name: 'TEXT', length: 16_777_216 };

export const ORDERS: TableSpec = {
  name: 'ORDERS',
  columns: [
    ['ID', ID],
    ['CUSTOMER', TEXT],
    ['AMOUNT', MONEY],
    ['PLACED', { name: 'DATE' }],
    ['UPDATED_AT', { name: 'TIMESTAMP_NTZ', scale: 9 }],
    ['DETAILS', { name: 'VARIANT' }],
    ['PAID', { name: 'BOOLEAN' }],
  ],
};

export const CHANGES: TableSpec = {
  name: 'CHANGES',
  columns: [
    ['ID', ID],
    ['AMOUNT', MONEY],
    ['DELETED', { name: 'BOOLEAN' }],
  ],
};

export const SEED: readonly string[] = [
  `insert into orders select 1, 'ann', 10.50, '2024-01-02', '2024-01-02 03:04:05.123456789',
     parse_json('{"items":[{"x":"p"},{"x":"q"}]}'), true`,
  `insert into orders values
     (2, 'bob', 20, '2024-02-03', '2024-01-02 03:04:05.123456790', null, false),
     (3, 'ann', null, null, null, null, null)`,
  'insert into changes values (1, 11, false), (2, null, true), (4, 7.25, false)',
];

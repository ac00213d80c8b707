import { describe, expect, it } from 'vitest';
import { TokenReader } from '#local/snowflake/session/parse/token-reader.ts';
import { findHandler, statementKind } from '#local/snowflake/session/statement-kinds.ts';

describe('statementKind', () => {
  it.each([
    ['select 1', 'SELECT'],
    ['(select 1) union (select 2)', 'SELECT'],
    ['with x as (select 1) select * from x', 'WITH'],
    ['create or replace transient table t (a int)', 'CREATE TABLE'],
    ['create or alter table t (a int)', 'CREATE TABLE'],
    ['create secure view v as select 1', 'CREATE VIEW'],
    ['create dynamic table t', 'CREATE DYNAMIC TABLE'],
    ['show terse tables in schema s', 'SHOW TABLES'],
    ['show primary keys in table t', 'SHOW PRIMARY KEYS'],
    ['desc t', 'DESCRIBE TABLE'],
    ['describe db.s."t"', 'DESCRIBE TABLE'],
    ['desc stage s', 'DESCRIBE STAGE'],
    ['use db', 'USE'],
    ['use "db"', 'USE'],
    ['use warehouse w', 'USE WAREHOUSE'],
    ['start transaction', 'START TRANSACTION'],
  ])('tells %s as %s', (sql, kind) => {
    expect(statementKind(new TokenReader(sql))).toBe(kind);
  });
});

describe('findHandler', () => {
  it.each([
    ['explain select 1', '000002', 'EXPLAIN'],
    ['undrop schema s', '000002', 'UNDROP SCHEMA'],
    ['create pipe p as copy into t from @s', '000002', 'CREATE PIPE'],
    ['grant select on t to role r', '000002', 'GRANT'],
    ['frobnicate', '001003', 'frobnicate'],
    ['', '001003', '<EOF>'],
  ])('refuses "%s" by name', (sql, code, text) => {
    const find = () => findHandler(new TokenReader(sql));
    expect(find).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
  });
});

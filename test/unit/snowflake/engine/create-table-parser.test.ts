import { describe, expect, it } from 'vitest';
import { parseCreateTable } from '#local/snowflake/session/parse/create-table.ts';
import { TokenReader } from '#local/snowflake/session/parse/token-reader.ts';

const parse = (sql: string) => parseCreateTable(new TokenReader(sql));
const typesOf = (columns: string) =>
  parse(`create table t (${columns})`).columns.map(({ type }) => type);

describe('parseCreateTable', () => {
  it('reads every type with its arguments and defaults', () => {
    expect(typesOf('a int, b number(12,2), c decimal(5), d char, e string, f varchar(10)')).toEqual(
      [
        { name: 'NUMBER', precision: 38, scale: 0 },
        { name: 'NUMBER', precision: 12, scale: 2 },
        { name: 'NUMBER', precision: 5, scale: 0 },
        { name: 'TEXT', length: 1 },
        { name: 'TEXT', length: 16_777_216 },
        { name: 'TEXT', length: 10 },
      ],
    );
    expect(
      typesOf('a double precision, b boolean, c date, d time(3), e timestamp_tz, f binary(8)'),
    ).toEqual([
      { name: 'FLOAT' },
      { name: 'BOOLEAN' },
      { name: 'DATE' },
      { name: 'TIME', scale: 3 },
      { name: 'TIMESTAMP_TZ', scale: 9 },
      { name: 'BINARY', length: 8 },
    ]);
    expect(typesOf('a variant, b object, c array, d timestamp, e datetime(0)')).toEqual([
      { name: 'VARIANT' },
      { name: 'OBJECT' },
      { name: 'ARRAY' },
      { name: 'TIMESTAMP_NTZ', scale: 9 },
      { name: 'TIMESTAMP_NTZ', scale: 0 },
    ]);
  });

  it('takes column clauses in any order', () => {
    const [column] = parse(
      `create table t (a varchar(5) comment 'the a' not null default concat('x', 'y,') unique)`,
    ).columns;
    expect(column).toMatchObject({
      name: 'A',
      nullable: false,
      comment: 'the a',
      defaultText: "concat('x', 'y,')",
    });
    expect(column?.constraints).toMatchObject([{ kind: 'UNIQUE', columns: ['A'] }]);
  });

  it.each([
    ['identity', { start: 1, increment: 1, isOrdered: false }],
    ['autoincrement (10, 5)', { start: 10, increment: 5, isOrdered: false }],
    ['identity start 3 increment 2 order', { start: 3, increment: 2, isOrdered: true }],
    [
      'autoincrement start with -1 increment by -1 noorder',
      { start: -1, increment: -1, isOrdered: false },
    ],
  ])('reads %s', (clause, identity) => {
    expect(parse(`create table t (a int ${clause})`).columns[0]?.identity).toEqual(identity);
  });

  it('reads keys of the table and what they refer to', () => {
    const { constraints } = parse(
      'create table t (a int, b int, constraint pk primary key (a, b) not enforced, foreign key (b) references s.u (x))',
    );
    expect(constraints).toMatchObject([
      { kind: 'PRIMARY KEY', name: 'PK', columns: ['A', 'B'] },
      { kind: 'FOREIGN KEY', columns: ['B'], references: { table: ['S', 'U'], columns: ['X'] } },
    ]);
  });

  it('keeps quoted names as they are and reads names of three parts', () => {
    const { name, columns } = parse('create or replace table db."Sch".t ("a b" int)');
    expect(name).toEqual(['DB', 'Sch', 'T']);
    expect(columns[0]?.name).toBe('a b');
  });

  it('reads options, and the query after AS as text', () => {
    const create = parse(
      `create transient table if not exists t cluster by (a, b) comment = 'c' data_retention_time_in_days = 0 as select 1 a`,
    );
    expect(create).toMatchObject({
      persistence: 'transient',
      ifNotExists: true,
      options: { clusterBy: '(a, b)', comment: 'c', retentionDays: 0 },
      source: { kind: 'query', sql: 'select 1 a' },
    });
  });

  it('reads CLONE of a time', () => {
    expect(parse('create table t clone u at (offset => -5)').source).toEqual({
      kind: 'clone',
      table: ['U'],
      from: { mode: 'AT', point: { kind: 'OFFSET', text: '-5' } },
    });
  });

  it('reads LIKE and CLONE', () => {
    expect(parse('create table t like s.u').source).toEqual({
      ...{ kind: 'like', table: ['S', 'U'], from: null },
    });
    expect(parse('create temp table t clone u').source).toEqual({
      ...{ kind: 'clone', table: ['U'], from: null },
    });
  });

  it.each([
    ['create table t (a number(39, 0))', '002040'],
    ['create table t (a varchar(16777217))', '002040'],
    ['create table t (a geography)', '000002'],
    ["create table t (a varchar collate 'en-ci')", '000002'],
    ['create table t (a int) stage_file_format = (type = csv)', '000002'],
    ['create table t (a int) with tag (x = 1)', '001003'],
    ['create table t', '001003'],
    ['create table t (a int,)', '001003'],
  ])('refuses %s', (sql, code) => {
    expect(() => parse(sql)).toThrow(expect.objectContaining({ code }));
  });
});

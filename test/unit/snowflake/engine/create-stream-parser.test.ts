import { describe, expect, it } from 'vitest';
import { parseCreateStream } from '#local/snowflake/session/parse/create-stream.ts';
import { TokenReader } from '#local/snowflake/session/parse/token-reader.ts';

const parse = (sql: string) => parseCreateStream(new TokenReader(sql));

describe('parseCreateStream', () => {
  it('reads a stream with all its options', () => {
    expect(
      parse(
        "create or replace stream a.s copy grants on table b.t before (statement => 'id') " +
          "append_only = true show_initial_rows = false comment = 'why'",
      ),
    ).toEqual({
      orReplace: true,
      ifNotExists: false,
      name: ['A', 'S'],
      source: {
        kind: 'table',
        table: ['B', 'T'],
        from: { mode: 'BEFORE', point: { kind: 'STATEMENT', text: "'id'" } },
      },
      isAppendOnly: true,
      isInitial: false,
      comment: 'why',
    });
  });

  it('reads the least there is, and a clone', () => {
    expect(parse('create stream if not exists s on table t')).toMatchObject({
      ifNotExists: true,
      source: { kind: 'table', table: ['T'], from: null },
      isAppendOnly: false,
      comment: null,
    });
    expect(parse('create stream s clone r').source).toEqual({ kind: 'clone', stream: ['R'] });
  });

  it.each([
    ['create stream s', '001003'],
    ['create stream s on t', '001003'],
    ['create stream s on table t at (5)', '001003'],
    ['create stream s on view v', '000002'],
    ['create stream s on table t insert_only = true', '000002'],
    ['create stream s on table t nonsense', '001003'],
  ])('refuses "%s" with %s', (sql, code) => {
    expect(() => parse(sql)).toThrow(expect.objectContaining({ code }));
  });
});

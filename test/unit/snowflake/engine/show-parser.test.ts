import { describe, expect, it } from 'vitest';
import { likePattern, parseShowOptions } from '#local/snowflake/session/parse/show.ts';
import { TokenReader } from '#local/snowflake/session/parse/token-reader.ts';

const parse = (sql: string) => parseShowOptions(new TokenReader(sql), false);

describe('parseShowOptions', () => {
  it('reads filters and the place', () => {
    expect(parse("like 'A%' in schema db.s starts with 'AB' limit 5 from 'ABC'")).toMatchObject({
      like: 'A%',
      within: { kind: 'SCHEMA', parts: ['DB', 'S'] },
      startsWith: 'AB',
      limit: 5,
      from: 'ABC',
    });
  });

  it.each([
    ['in account', { kind: 'ACCOUNT', parts: [] }],
    ['in db', { kind: 'NAME', parts: ['DB'] }],
    ['in database', { kind: 'DATABASE', parts: [] }],
    ['in table "t"', { kind: 'TABLE', parts: ['t'] }],
  ])('reads "%s"', (sql, within) => {
    expect(parse(sql).within).toEqual(within);
  });

  it.each(['limit 0', 'limit 10001', 'like', 'in schema s nonsense'])('refuses "%s"', (sql) => {
    expect(() => parse(sql)).toThrow(expect.objectContaining({ code: '001003' }));
  });
});

describe('likePattern', () => {
  it.each([
    ['T%', 't_1', true],
    ['T_', 'TX', true],
    ['T_', 'TXY', false],
    ['a.b', 'AXB', false],
    ['t\\_1', 'T_1', true],
    ['t\\_1', 'TX1', false],
  ])('%s and %s: %s', (like, name, matches) => {
    expect(likePattern(like).test(name)).toBe(matches);
  });
});

import { describe, expect, it } from 'vitest';
import { writeLastQueryIds } from '#local/snowflake/session/last-query-id.ts';

const ids = ['first', 'second', 'third'];

describe('writeLastQueryIds', () => {
  it.each([
    ['select last_query_id()', "select 'third'"],
    ['select LAST_QUERY_ID( -2 )', "select 'second'"],
    ['select last_query_id(1), last_query_id()', "select 'first', 'third'"],
    [
      'select * from table(result_scan(last_query_id()))',
      "select * from table(result_scan('third'))",
    ],
    ["select 'last_query_id()'", "select 'last_query_id()'"],
    ['select last_query_id from t', 'select last_query_id from t'],
  ])('%s', (sql, written) => {
    expect(writeLastQueryIds(sql, ids)).toBe(written);
  });

  it('refuses a statement that the session has not run', () => {
    expect(() => writeLastQueryIds('select last_query_id(-4)', ids)).toThrow(/not found/);
  });
});

import { describe, expect, it } from 'vitest';
import { extractTravels, travelOf } from '#local/snowflake/sql/syntax/travels.ts';
import { tokenize } from '#local/snowflake/sql/tokenize.ts';

const extract = (sql: string) => extractTravels(tokenize(sql), sql);
const text = (sql: string) => extract(sql).tokens.map(({ value }) => value);

describe('extractTravels', () => {
  it('makes a table and its clause one name', () => {
    const sql = 'select * from db.s."t" at (timestamp => dateadd(\'day\', -1, now())) as x';
    const { travels } = extract(sql);
    expect(travels).toEqual([
      {
        parts: ['DB', 'S', 't'],
        from: {
          mode: 'AT',
          point: { kind: 'TIMESTAMP', text: "dateadd('day', -1, now())" },
        },
      },
    ]);
    expect(text(sql)).toEqual(['SELECT', '*', 'FROM', '_sf_travel_0', 'AS', 'X']);
    expect(travelOf('_sf_travel_0', travels)).toBe(travels[0]);
    expect(travelOf('T', travels)).toBeUndefined();
  });

  it('reads CHANGES with its start and its end', () => {
    const sql =
      "select 1 from t changes (information => append_only) before (statement => 'a') end (offset => -60 * 5)";
    expect(extract(sql).travels).toEqual([
      {
        parts: ['T'],
        from: { mode: 'BEFORE', point: { kind: 'STATEMENT', text: "'a'" } },
        changes: { isAppendOnly: true, end: { kind: 'OFFSET', text: '-60 * 5' } },
      },
    ]);
    expect(text(sql)).toEqual(['SELECT', '1', 'FROM', '_sf_travel_0']);
  });

  it('reads one clause for each table', () => {
    const sql = 'select 1 from a at (offset => -1) join b before (offset => -2) on a.x = b.x';
    expect(extract(sql).travels.map(({ parts, from }) => [parts, from.mode])).toEqual([
      [['A'], 'AT'],
      [['B'], 'BEFORE'],
    ]);
  });

  it.each([
    'select at (1), before(2) from t',
    'select at from t at',
    'select case when 1 then 2 end (offset) from t',
    'select changes (1) from changes',
    "select 'at (offset => 1)' from t",
    'select f(offset => 1) from t',
  ])('leaves "%s" alone', (sql) => {
    expect(extract(sql).travels).toEqual([]);
    expect(text(sql)).toEqual(tokenize(sql).map(({ value }) => value));
  });
});

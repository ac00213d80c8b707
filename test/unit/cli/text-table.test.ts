import { describe, expect, it } from 'vitest';
import { textTable } from '#cli/text-table.ts';

describe('textTable', () => {
  it('aligns columns and counts rows', () => {
    const text = textTable(
      ['name', 'n'],
      [
        ['a long one', 1],
        ['b', null],
      ],
    );

    expect(text.split('\n')).toEqual([
      'name        n',
      '──────────  ─',
      'a long one  1',
      'b',
      '2 rows',
    ]);
  });

  it('shows objects as JSON and says one row', () => {
    expect(textTable(['v'], [[{ a: 1 }]])).toBe('v\n───────\n{"a":1}\n1 row');
  });

  it('takes more rows than a call takes arguments', () => {
    const rows = Array.from({ length: 300_000 }, (_, at) => [at]);

    expect(textTable(['n'], rows).endsWith('300000 rows')).toBe(true);
  });
});

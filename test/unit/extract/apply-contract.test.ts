import { describe, expect, it } from 'vitest';
import { applyContract } from '#src/extract/apply-contract.ts';
import { selectSql } from '#src/extract/extract-sql.ts';
import { declaredType } from '#src/model/source-type.ts';
import type { SourceColumn } from '#src/ports/warehouse.ts';
import { manifestDocument } from '#test/helpers/documents.ts';
import { sourceColumn } from '#test/helpers/extract-fixtures.ts';

type Policy = 'evolve' | 'freeze' | 'discard';

const id = sourceColumn('ID', 'NUMBER');
const price = sourceColumn('PRICE', 'NUMBER', { precision: 10, scale: 2 });
const seen = sourceColumn('SEEN', 'TIMESTAMP_TZ');
const note = sourceColumn('NOTE', 'TEXT', { length: 10 });

const manifestColumn = (column: SourceColumn) => ({
  name: column.name,
  type: declaredType(column),
  nullable: column.nullable,
  parquetType: 'VARCHAR',
});
const OFFSET = sourceColumn('SEEN__offset_minutes', 'NUMBER', { precision: 4 });
const ADDED = [
  sourceColumn('extraction_timestamp', 'TIMESTAMP_NTZ', { scale: 6 }),
  sourceColumn('source_system', 'TEXT'),
];

/** What a run does whose source had `before` at the last commit, and has `now`. */
function apply(
  before: readonly SourceColumn[],
  now: readonly SourceColumn[],
  contract: Policy = 'evolve',
  more: { columns?: string[]; table?: string } = {},
) {
  const query = { name: 'orders', table: 'ORDERS', sql: undefined, key: ['id'], ...more };
  const files = [...before, ...(before.includes(seen) ? [OFFSET] : []), ...ADDED];
  const previous = manifestDocument({ columns: files.map(manifestColumn) });
  const columns = more.columns;
  const { columns: read, drift } = applyContract({ ...query, columns, contract }, now, previous);
  const selection = { query, window: null, watermarkColumn: null, takesNulls: true };
  return { drift, sql: selectSql(selection, read).split('\n')[0], names: read.map((c) => c.name) };
}

describe('columns that stayed', () => {
  it.each<Policy>(['evolve', 'freeze', 'discard'])('are no drift under %s', (contract) => {
    expect(apply([id, seen, note], [id, seen, note], contract)).toEqual({
      drift: [],
      sql: 'SELECT "ID", "SEEN", "NOTE"',
      names: ['ID', 'SEEN', 'NOTE'],
    });
  });

  it('have nothing to be compared with the first time, or after a change of pipeline.yml', () => {
    const query = { name: 'orders', table: 'ORDERS', sql: undefined, key: ['ID'] };
    const first = applyContract({ ...query, columns: undefined, contract: 'freeze' }, [id], null);

    expect(first).toEqual({ columns: [id], drift: [] });
    expect(apply([id], [note], 'freeze', { table: 'NEW_ORDERS' }).drift).toEqual([]);
  });
});

describe('an added column', () => {
  const added = { column: 'NOTE', change: 'added', from: null, to: 'VARCHAR(10)' };

  it('is taken under evolve and left out under discard', () => {
    const taken = apply([id], [id, note]);
    const left = apply([id], [id, note], 'discard');

    expect(taken).toMatchObject({
      names: ['ID', 'NOTE'],
      drift: [{ ...added, decision: 'evolved' }],
    });
    expect(left).toMatchObject({ names: ['ID'], drift: [{ ...added, decision: 'discarded' }] });
  });

  it('is taken under discard when it is of the key', () => {
    expect(apply([note], [id, note], 'discard').names).toEqual(['ID', 'NOTE']);
  });

  it('stops the run under freeze', () => {
    expect(() => apply([id], [id, note], 'freeze')).toThrow(
      expect.objectContaining({
        code: 'SCHEMA_DRIFT',
        message: expect.stringContaining('NOTE was added (VARCHAR(10))'),
      }),
    );
  });

  it('is no drift where pipeline.yml lists the columns', () => {
    expect(apply([id], [id, note], 'freeze', { columns: ['id', 'note'] }).drift).toEqual([]);
    expect(apply([id, note], [id], 'freeze', { columns: ['id'] }).drift).toEqual([]);
  });
});

describe('a dropped column', () => {
  it('is null from then on, and reported for as long as it is away', () => {
    const { drift, sql } = apply([id, price, seen], [id, seen]);

    expect(sql).toBe('SELECT "ID", "SEEN", NULL::NUMBER(10,2) AS "PRICE"');
    expect(drift).toEqual([
      { column: 'PRICE', change: 'dropped', from: 'NUMBER(10,2)', to: null, decision: 'evolved' },
    ]);
    expect(apply([id, seen, price], [id, seen]).drift).toEqual(drift);
  });

  it('stops the run under freeze', () => {
    expect(() => apply([id, price], [id], 'freeze')).toThrow('PRICE was dropped (NUMBER(10,2))');
  });
});

describe('a column of another type', () => {
  it.each([
    ['NUMBER(12,2)', { precision: 12 }, 'widened', 'NUMBER(12,2)', '"PRICE"'],
    ['NUMBER(10,0)', { scale: 0 }, 'widened', 'NUMBER(12,2)', '"PRICE"::NUMBER(12,2) AS "PRICE"'],
    [
      'NUMBER(5,1)',
      { precision: 5, scale: 1 },
      'retyped',
      'NUMBER(5,1)',
      '"PRICE"::NUMBER(10,2) AS "PRICE"',
    ],
  ])('%s is read in the type that holds both', (_, sizes, change, to, read) => {
    const { drift, sql } = apply([id, price], [id, { ...price, ...sizes }]);

    expect(sql).toBe(`SELECT "ID", ${read}`);
    expect(drift).toEqual([
      { column: 'PRICE', change, from: 'NUMBER(10,2)', to, decision: 'evolved' },
    ]);
  });

  it.each<Policy>(['evolve', 'discard'])(
    'that does not hold the old one stops the run under %s',
    (contract) => {
      const text = sourceColumn('PRICE', 'TEXT', { length: 20 });

      expect(() => apply([id, price], [id, text], contract)).toThrow(
        expect.objectContaining({
          code: 'SCHEMA_DRIFT',
          message: expect.stringContaining('PRICE was changed from NUMBER(10,2) to VARCHAR(20)'),
        }),
      );
    },
  );

  it('stops the run under freeze, however wide', () => {
    expect(() => apply([note], [{ ...note, length: 20 }], 'freeze')).toThrow(
      'NOTE was changed from VARCHAR(10) to VARCHAR(20)',
    );
  });
});

describe('a renamed column', () => {
  it('is one that went and one that came, with a hint', () => {
    const { drift, sql } = apply([id, note], [id, { ...note, name: 'REMARK' }]);

    expect(sql).toBe('SELECT "ID", "REMARK", NULL::VARCHAR(10) AS "NOTE"');
    expect(drift.map(({ change }) => change)).toEqual(['dropped', 'added', 'renamed']);
    expect(drift[2]).toMatchObject({ from: 'NOTE', to: 'REMARK', decision: 'evolved' });
  });

  it('is not guessed when type or place differ', () => {
    const other = sourceColumn('REMARK', 'TEXT', { length: 11 });

    expect(apply([id, note], [id, other]).drift).toHaveLength(2);
    expect(apply([id, note], [{ ...note, name: 'REMARK' }, id]).drift).toHaveLength(2);
    expect(apply([id, note], [id]).drift).toHaveLength(1);
  });

  it('is named to whom a freeze stops', () => {
    expect(() => apply([id, note], [id, { ...note, name: 'REMARK' }], 'freeze')).toThrow(
      'NOTE may have been renamed REMARK',
    );
  });
});

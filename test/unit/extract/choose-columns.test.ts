import { describe, expect, it } from 'vitest';
import { chooseColumns, findWatermarkColumn } from '#src/extract/choose-columns.ts';
import { sourceColumn } from '#test/helpers/extract-fixtures.ts';

const query = {
  name: 'orders',
  key: ['id'],
  columns: undefined,
  watermark_column: undefined,
  deletes: 'none' as const,
};
const id = sourceColumn('ID', 'NUMBER');
const at = sourceColumn('UPDATED_AT', 'TIMESTAMP_NTZ');
const note = sourceColumn('NOTE', 'TEXT');

describe('chooseColumns', () => {
  it('takes every column of the source by default', () => {
    expect(chooseColumns(query, [id, at, note])).toEqual([id, at, note]);
  });

  it('takes the listed columns, in the order of the source, whatever their case', () => {
    const columns = chooseColumns({ ...query, columns: ['note', 'Id'] }, [id, at, note]);

    expect(columns).toEqual([id, note]);
  });

  it('prefers a column of exactly the given name', () => {
    const quoted = sourceColumn('id', 'TEXT');

    expect(chooseColumns({ ...query, columns: ['id'] }, [id, quoted])).toEqual([quoted]);
  });

  it('refuses a column that is not there, or not certain', () => {
    const missing = { ...query, columns: ['id', 'price'] };

    expect(() => chooseColumns(missing, [id])).toThrow(
      expect.objectContaining({
        code: 'SCHEMA_DRIFT',
        message: expect.stringContaining('no column price'),
      }),
    );
    expect(() =>
      chooseColumns({ ...query, key: ['iD'] }, [id, sourceColumn('id', 'TEXT')]),
    ).toThrow(expect.objectContaining({ code: 'SCHEMA_DRIFT' }));
  });

  it('refuses a key that would not be extracted', () => {
    expect(() => chooseColumns({ ...query, columns: ['note'] }, [id, note])).toThrow(
      expect.objectContaining({ message: expect.stringContaining('its key') }),
    );
  });

  it('refuses a type that no file holds', () => {
    expect(() => chooseColumns(query, [id, sourceColumn('WHERE_AT', 'GEOGRAPHY')])).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('GEOGRAPHY'),
      }),
    );
  });

  it('refuses a column named as the one that tells deleted rows', () => {
    const columns = [id, sourceColumn('_CHANGE', 'TEXT')];

    expect(chooseColumns(query, columns)).toEqual(columns);
    expect(() => chooseColumns({ ...query, deletes: 'changes' }, columns)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it.each([
    ['two columns that differ by case', [id, note, sourceColumn('Note', 'TEXT')]],
    ['a column named as one that we add', [id, sourceColumn('EXTRACTION_TIMESTAMP', 'TEXT')]],
    [
      'a column named as the offset of another',
      [id, sourceColumn('AT', 'TIMESTAMP_TZ'), sourceColumn('AT__OFFSET_MINUTES', 'NUMBER')],
    ],
  ])('refuses %s', (_, columns) => {
    expect(() => chooseColumns(query, columns)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describe('findWatermarkColumn', () => {
  it.each([[at], [sourceColumn('AT', 'DATE')], [id], [note]])(
    'finds a column that has an order: %j',
    (column) => {
      const named = { ...query, watermark_column: column.name };

      expect(findWatermarkColumn(named, [column])).toBe(column);
    },
  );

  it('finds none where none is named', () => {
    expect(findWatermarkColumn(query, [id, at])).toBeNull();
  });

  it.each(['FLOAT', 'TIME', 'VARIANT', 'BINARY', 'BOOLEAN'])('refuses a column of %s', (type) => {
    const column = sourceColumn('V', type);

    expect(() => findWatermarkColumn({ ...query, watermark_column: 'v' }, [column])).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(type) }),
    );
  });

  it('refuses a column that is not there', () => {
    expect(() => findWatermarkColumn({ ...query, watermark_column: 'at' }, [id])).toThrow(
      expect.objectContaining({ code: 'SCHEMA_DRIFT' }),
    );
  });
});

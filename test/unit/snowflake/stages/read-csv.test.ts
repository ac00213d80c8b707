import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '#local/snowflake/copy/csv-line.ts';
import type { FileFormat, FormatValue } from '#local/snowflake/copy/file-format.ts';
import { type CsvShape, readCsv } from '#local/snowflake/copy/read-csv.ts';
import type { StagedRow } from '#local/snowflake/copy/staged-row.ts';

const csv = (options: Record<string, FormatValue> = {}): FileFormat => ({ type: 'CSV', options });

/** Rows of a text that arrives in pieces of a size. */
async function read(
  text: string,
  format = csv(),
  shape: CsvShape = {},
  pieceLength = 7,
): Promise<StagedRow[]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength);
  }
  const rows: StagedRow[] = [];
  for await (const row of readCsv(pieces(), format, shape)) rows.push(row);
  return rows;
}

const cells = async (...args: Parameters<typeof read>) =>
  (await read(...args)).map((row) => row.error?.code ?? row.cells);

const QUOTED = csv({ FIELD_OPTIONALLY_ENCLOSED_BY: '"' });

describe('records of CSV', () => {
  it.each<[string, string, FileFormat, unknown]>([
    [
      'plain fields, the last line without its end',
      'a,b\nc,d',
      csv(),
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['Windows line ends', 'a\r\nb\r\n', csv(), [['a'], ['b']]],
    ['an empty field and \\N as NULL', 'a,,\\N\n', csv(), [['a', null, null]]],
    ['an empty field as a text', 'a,\n', csv({ EMPTY_FIELD_AS_NULL: false }), [['a', '']]],
    ['quotes as they are, unless they enclose', '"a",b\n', csv(), [['"a"', 'b']]],
    [
      'enclosed fields over lines',
      '"a,\nb","c ""d"""\ne,f\n',
      QUOTED,
      [
        ['a,\nb', 'c "d"'],
        ['e', 'f'],
      ],
    ],
    ['an enclosed empty field', '"",\n', QUOTED, [['', null]]],
    ['escaped delimiters', 'a\\,b,c\\nd\n', csv(), [['a,b', 'c\nd']]],
    ['no escape at all', 'a\\b\n', csv({ ESCAPE_UNENCLOSED_FIELD: 'NONE' }), [['a\\b']]],
    [
      'an escape in enclosed fields',
      '"a\\"b"\n',
      csv({ FIELD_OPTIONALLY_ENCLOSED_BY: '"', ESCAPE: '\\' }),
      [['a"b']],
    ],
    [
      'delimiters of several characters',
      'a||b##c##',
      csv({ FIELD_DELIMITER: '||', RECORD_DELIMITER: '##' }),
      [['a', 'b'], ['c']],
    ],
    ['hexadecimal delimiters', 'a\u0001b\n', csv({ FIELD_DELIMITER: '0x01' }), [['a', 'b']]],
    [
      'whole lines without a field delimiter',
      'a,b\nc\n',
      csv({ FIELD_DELIMITER: 'NONE' }),
      [['a,b'], ['c']],
    ],
    [
      'trimmed fields',
      ' a , "b" \n',
      csv({ TRIM_SPACE: true, FIELD_OPTIONALLY_ENCLOSED_BY: '"' }),
      [['a', 'b']],
    ],
    [
      'several texts for NULL',
      'NA,none,x\n',
      csv({ NULL_IF: ['NA', 'none'] }),
      [[null, null, 'x']],
    ],
    ['blank lines as records of one NULL', 'a\n\nb\n', csv(), [['a'], [null], ['b']]],
    [
      'no blank lines when they are skipped',
      'a\n\nb\n',
      csv({ SKIP_BLANK_LINES: true }),
      [['a'], ['b']],
    ],
    ['what follows the header', 'h\nh2\na\n', csv({ SKIP_HEADER: 2 }), [['a']]],
  ])('are read with %s', async (_, text, format, expected) => {
    expect(await cells(text, format)).toEqual(expected);
  });

  it('are the same however the text arrives', async () => {
    const text = '"a,\nb",c\r\n\\N,"d ""e"""\n,f';
    const whole = await cells(text, QUOTED, {}, 1000);

    for (let length = 1; length < text.length; length += 1) {
      expect(await cells(text, QUOTED, {}, length)).toEqual(whole);
    }
  });

  it('that do not have the fields of the table are errors, and reading goes on', async () => {
    const rows = await read('a,b\nc\nd,e\n', csv(), { fieldCount: 2 });

    expect(rows.map(({ line, error }) => [line, error?.code])).toEqual([
      [1, undefined],
      [2, '100080'],
      [3, undefined],
    ]);
    expect(rows[1]?.error?.message).toContain('Number of columns in file (1) does not match');
    const lenient = csv({ ERROR_ON_COLUMN_COUNT_MISMATCH: false });
    expect(await cells('a,b,c\nd\n', lenient, { fieldCount: 2 })).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('that break their quotes are errors of one line', async () => {
    expect(await cells('"a"x,b\n"c",d\n', QUOTED)).toEqual(['100016', ['c', 'd']]);
    expect(await cells('a,"b\n', QUOTED)).toEqual(['100065']);
  });

  it('say their line, over fields of several lines', async () => {
    const rows = await read(
      'h\n"a\nb"\nc\n',
      csv({ SKIP_HEADER: 1, FIELD_OPTIONALLY_ENCLOSED_BY: '"' }),
    );

    expect(rows.map(({ line }) => line)).toEqual([2, 4]);
  });

  it('are picked by the header', async () => {
    const pick = (header: readonly string[]) => [header.indexOf('b'), undefined];

    expect(await cells('a,b\n1,2\n', csv({ PARSE_HEADER: true }), { pick })).toEqual([['2', null]]);
  });

  it.each([
    ['bare', csv()],
    ['enclosed', csv({ FIELD_OPTIONALLY_ENCLOSED_BY: '"' })],
    ['enclosed with an escape', csv({ FIELD_OPTIONALLY_ENCLOSED_BY: "'", ESCAPE: '\\' })],
  ])('read back what COPY INTO a location writes, %s', async (_, format) => {
    const cell = fc.option(
      fc.string({
        unit: fc.constantFrom('a', 'N', ',', '\n', '"', "'", '\\', ' ', 'é'),
        minLength: 1,
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1 }), async (rows) => {
        fc.pre(rows.flat().every((each) => each !== '\\N'));
        const write = csvLine(format, [false, false]);
        const text = rows.map(write).join('');

        expect(await cells(text, format, {}, 5)).toEqual(rows);
      }),
    );
  });
});

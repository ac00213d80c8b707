import { describe, expect, it } from 'vitest';
import type { FileFormat } from '#local/snowflake/copy/file-format.ts';
import { readJson } from '#local/snowflake/copy/read-json.ts';

const plain: FileFormat = { type: 'JSON', options: {} };
const stripped: FileFormat = { type: 'JSON', options: { STRIP_OUTER_ARRAY: true } };

async function read(text: string, format = plain, pieceLength = 3) {
  async function* pieces() {
    for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength);
  }
  const found: (string | number | undefined)[][] = [];
  for await (const { line, cells, error } of readJson(pieces(), format)) {
    found.push([line, error?.code ?? cells[0] ?? undefined]);
  }
  return found;
}

describe('documents of JSON', () => {
  it.each([
    [
      'a line each',
      '{"a":1}\n{"b":[2,3]}\n',
      plain,
      [
        [1, '{"a":1}'],
        [2, '{"b":[2,3]}'],
      ],
    ],
    [
      'over several lines',
      '{\n "a": 1\n}\n\n{}',
      plain,
      [
        [1, '{\n "a": 1\n}'],
        [5, '{}'],
      ],
    ],
    [
      'without anything between',
      '{"a":"}{"}[1]',
      plain,
      [
        [1, '{"a":"}{"}'],
        [1, '[1]'],
      ],
    ],
    [
      'with escaped quotes',
      '{"a":"\\"}\\\\"}{"b":1}',
      plain,
      [
        [1, '{"a":"\\"}\\\\"}'],
        [1, '{"b":1}'],
      ],
    ],
    [
      'that are scalars',
      '1 "two" null',
      plain,
      [
        [1, '1'],
        [1, '"two"'],
        [1, 'null'],
      ],
    ],
    ['an outer array whole', '[{"a":1},{"a":2}]', plain, [[1, '[{"a":1},{"a":2}]']]],
    [
      'an outer array stripped',
      '[ {"a":[1]},\n{"a":2} , 3]\n',
      stripped,
      [
        [1, '{"a":[1]}'],
        [2, '{"a":2}'],
        [2, '3'],
      ],
    ],
    [
      'several outer arrays',
      '[1]\n[2]',
      stripped,
      [
        [1, '1'],
        [2, '2'],
      ],
    ],
    ['of an empty file', '', plain, []],
  ])('are cut %s', async (_, text, format, expected) => {
    expect(await read(text, format)).toEqual(expected);
    expect(await read(text, format, 1000)).toEqual(expected);
    expect(await read(text, format, 1)).toEqual(expected);
  });

  it('keep the digits of numbers', async () => {
    expect(await read('{"n":12345678901234567890.10}')).toEqual([
      [1, '{"n":12345678901234567890.10}'],
    ]);
  });

  it('end with the first that is no JSON', async () => {
    expect(await read('{"a":1}\n{"a":}\n{"a":3}')).toEqual([
      [1, '{"a":1}'],
      [2, '100069'],
    ]);
    expect(await read('{"a":1}\n{"a":')).toEqual([
      [1, '{"a":1}'],
      [2, '100069'],
    ]);
  });
});

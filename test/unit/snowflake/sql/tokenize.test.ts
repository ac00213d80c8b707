import { describe, expect, it } from 'vitest';
import { splitStatements, tokenize } from '#local/snowflake/sql/tokenize.ts';

const read = (sql: string) => tokenize(sql).map(({ kind, value }) => `${kind} ${value}`);

describe('tokenize', () => {
  it.each([
    ["'it''s'", ["string it's"]],
    ["'a\\tb\\\\ \\'q\\' \\x41\\u00e9\\101'", ["string a\tb\\ 'q' AéA"]],
    ["$$a'b\\n$$", ["string a'b\\n"]],
    ['"Mixed ""Case"""', ['quoted Mixed "Case"']],
    ['select', ['word SELECT']],
    ['.5e-3 1. 10', ['number .5e-3', 'number 1.', 'number 10']],
    ['v:a::int', ['word V', 'symbol :', 'word A', 'symbol ::', 'word INT']],
    ['? :1 ?', ['bind 1', 'bind 1', 'bind 2']],
    ["{'a':1}", ['symbol {', 'string a', 'symbol :', 'number 1', 'symbol }']],
    ['$1 $limit', ['positional 1', 'variable LIMIT']],
    ['a -- c\n b // d\n /* e\n */ c', ['word A', 'word B', 'word C']],
    ['@stage/path/file.csv x', ['stage stage/path/file.csv', 'word X']],
    [
      'a=>1 b<>c d||e',
      [
        'word A',
        'symbol =>',
        'number 1',
        'word B',
        'symbol <>',
        'word C',
        'word D',
        'symbol ||',
        'word E',
      ],
    ],
  ])('reads %s', (sql, expected) => {
    expect(read(sql)).toEqual(expected);
  });

  it.each(["'open", '"open', '$$open', '/* open', 'a \u0007'])('refuses %s', (sql) => {
    expect(() => tokenize(sql)).toThrow(/syntax error line 1 at position \d+ unexpected/);
  });
});

describe('splitStatements', () => {
  it('splits at semicolons outside of literals and comments', () => {
    const sql = "select ';' ; -- a; b\n select $$;$$;; /* only; a comment */ ;";

    expect(splitStatements(sql)).toEqual(["select ';'", 'select $$;$$']);
  });
});

import { describe, expect, it } from 'vitest';
import { patternTest } from '#local/snowflake/copy/choose-files.ts';
import { readCodec, writtenCodec } from '#local/snowflake/copy/compression.ts';
import { characterOf } from '#local/snowflake/copy/file-format.ts';
import { smallestType } from '#local/snowflake/copy/unload-types.ts';
import { unloadedName } from '#local/snowflake/copy/unloaded-name.ts';
import { judge } from '#local/snowflake/session/copy/load-file.ts';
import { parseCopyLoad, parseOnError } from '#local/snowflake/session/parse/copy-load.ts';
import { parseLocation } from '#local/snowflake/session/parse/location.ts';
import { TokenReader } from '#local/snowflake/session/parse/token-reader.ts';
import { requireAllowed } from '#local/snowflake/stage/integration.ts';

describe('locations', () => {
  it.each([
    ['@s', { kind: 'stage', name: ['S'], path: '' }],
    ['@db.sc."My/Stage"/a b/', { kind: 'stage', name: ['DB', 'SC', 'My/Stage'], path: 'a b/' }],
    ['@~/mine/x.csv', { kind: 'user', path: 'mine/x.csv' }],
    ['@%t', { kind: 'table', name: ['T'], path: '' }],
    ['@db.sc.%t/p', { kind: 'table', name: ['DB', 'SC', 'T'], path: 'p' }],
    ['s3://b/p/', { kind: 'url', url: 's3://b/p/' }],
  ])('%s is read', (text, expected) => {
    expect(parseLocation(text)).toEqual(expected);
  });

  it('refuses what is neither stage nor bucket', () => {
    expect(() => parseLocation('/tmp/x')).toThrow("invalid URL prefix found in: '/tmp/x'");
  });
});

describe('names of unloaded files', () => {
  const naming = { path: '', isSingle: false, queryId: null, extension: '.csv.gz' };
  it.each([
    [naming, null, 'data_0_0_2.csv.gz'],
    [{ ...naming, path: 'a/' }, null, 'a/data_0_0_2.csv.gz'],
    [{ ...naming, path: 'a/b' }, null, 'a/b_0_0_2.csv.gz'],
    [
      { ...naming, path: 'data.parquet', extension: '.snappy.parquet' },
      null,
      'data.parquet_0_0_2.snappy.parquet',
    ],
    [{ ...naming, queryId: 'q' }, 'd=1', 'd=1/data_q_0_0_2.csv.gz'],
    [{ ...naming, path: 'a', queryId: 'q' }, 'd=1', 'a/d=1/data_q_0_0_2.csv.gz'],
    [{ ...naming, path: 'a/', isSingle: true }, null, 'a/data'],
    [{ ...naming, path: 'a/b.csv', isSingle: true }, null, 'a/b.csv'],
  ])('%o, partition %s: %s', (given, partition, expected) => {
    expect(unloadedName(given, 2, partition)).toBe(expected);
  });
});

describe('the smallest Parquet type of numbers', () => {
  it.each([
    [0, -128n, 127n, 'TINYINT'],
    [0, -129n, 0n, 'SMALLINT'],
    [0, 0n, 2n ** 31n, 'BIGINT'],
    [0, 0n, 2n ** 63n, 'DECIMAL(19,0)'],
    [2, -5n, 1234n, 'DECIMAL(4,2)'],
    [4, 0n, 0n, 'DECIMAL(4,4)'],
  ])('of scale %i from %s to %s is %s', (scale, least, greatest, type) => {
    expect(smallestType(scale, least, greatest)).toBe(type);
  });
});

describe('ON_ERROR', () => {
  const csv = { type: 'CSV', options: {} } as const;
  const json = { type: 'JSON', options: {} } as const;
  const counts = (parsed: number, good: number, unconverted: number) => ({
    ...{ parsed, good, unconverted, firstBad: parsed === good ? null : 1 },
  });
  it.each([
    ['ABORT_STATEMENT', csv, counts(10, 10, 0), 'load'],
    ['ABORT_STATEMENT', csv, counts(10, 9, 1), 'abort'],
    ['CONTINUE', csv, counts(10, 0, 10), 'load'],
    ['SKIP_FILE', csv, counts(10, 9, 1), 'skip'],
    ['SKIP_FILE_2', csv, counts(10, 9, 1), 'load'],
    ['SKIP_FILE_2', csv, counts(10, 8, 2), 'skip'],
    ['SKIP_FILE_10%', csv, counts(10, 9, 1), 'load'],
    ['SKIP_FILE_9%', csv, counts(10, 9, 1), 'skip'],
    ['CONTINUE', json, counts(10, 9, 0), 'load'],
    ['CONTINUE', json, counts(10, 9, 1), 'abort'],
    ['SKIP_FILE', json, counts(10, 9, 1), 'skip'],
  ] as const)('= %s, %o, %o: %s', (onError, format, given, verdict) => {
    expect(judge(parseOnError(onError), format, given)).toBe(verdict);
  });

  it('refuses other words', () => {
    expect(() => parseOnError('SKIP_FILES')).toThrow(
      "invalid value [SKIP_FILES] for parameter 'ON_ERROR'",
    );
  });
});

describe('COPY INTO <table>', () => {
  const parse = (sql: string) => parseCopyLoad(new TokenReader(sql));

  it('is read with its columns, transformation and options in any order', () => {
    const sql = `copy into db.s.t (a, "b") from (select t.$1, f(t.$2, 'from') as x from @st/p/ as t)
      on_error = skip_file_5% pattern = '.*' file_format = (type = csv, skip_header = 1) force = true`;

    expect(parse(sql)).toMatchObject({
      table: ['DB', 'S', 'T'],
      columns: ['A', 'b'],
      transformation: { items: ['t.$1', "f(t.$2, 'from') as x"], alias: 'T' },
      location: { kind: 'stage', name: ['ST'], path: 'p/' },
      onError: { kind: 'SKIP_FILE', count: 5, isPercent: true },
      ...{ pattern: '.*', isForced: true, isPurging: false },
    });
  });

  it.each([
    ['copy into t from (select $1 from @s where $1 > 1)', 'WHERE in a COPY transformation'],
    ['copy into t from (select distinct $1 from @s)', 'DISTINCT in a COPY transformation'],
    ['copy into t from @s cluster = 1', 'COPY INTO table option CLUSTER'],
    ['copy into t from @s force = true force = false', "duplicate property 'FORCE'"],
    ['copy into t from @s force = 1', "invalid value [1] for parameter 'FORCE'"],
  ])('refuses %s', (sql, message) => {
    expect(() => parse(sql)).toThrow(message);
  });
});

describe('storage integrations', () => {
  const integration = {
    kind: 'INTEGRATION',
    ...{ id: 1, database: null, schema: null, name: 'I', owner: '' },
    ...{ comment: null, createdAt: new Date(0), alteredAt: new Date(0), isEnabled: true },
    ...{ roleArn: '', userArn: '', externalId: '' },
    allowedLocations: ['s3://b/a', 's3://c'],
    blockedLocations: ['s3://b/a/no/'],
  } as const;

  it.each([
    ['s3://b/a/', true],
    ['s3://b/a/x/y.csv', true],
    ['s3://b/ab/', false],
    ['s3://c/anything', true],
    ['s3://b/a/no/x', false],
    ['s3://b/a/none/', true],
  ])('reach %s: %s', (url, isAllowed) => {
    const check = () => requireAllowed(integration, url);
    if (isAllowed) expect(check).not.toThrow();
    else expect(check).toThrow(`Location '${url}' is not allowed by integration 'I'`);
  });
});

describe('file formats', () => {
  it.each([
    ['\\t', '\t'],
    ['0x1f', '\u001f'],
    ['\\x7c', '|'],
    ['\\007', '\u0007'],
    ['NONE', null],
    ['||', '||'],
  ])('read the character %s', (written, expected) => {
    const format = { type: 'CSV', options: { FIELD_DELIMITER: written } } as const;
    expect(characterOf(format, 'FIELD_DELIMITER')).toBe(expected);
  });

  it('know a compression by the name of a file, and gzip for what they write', () => {
    expect(readCodec('AUTO', 'A.CSV.GZ').suffix).toBe('.gz');
    expect(readCodec('AUTO', 'a.csv').suffix).toBe('');
    expect(readCodec('GZIP', 'a.csv').suffix).toBe('.gz');
    expect(() => readCodec('AUTO', 'a.bz2')).toThrow('bzip2');
    expect(writtenCodec('AUTO').suffix).toBe('.gz');
  });

  it('match patterns with whole names', () => {
    expect(patternTest('a.*[.]csv')('ab.csv')).toBe(true);
    expect(patternTest('a.*[.]csv')('xab.csv')).toBe(false);
    expect(() => patternTest('(')).toThrow('Invalid regular expression');
  });
});

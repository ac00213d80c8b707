import { describe, expect, it } from 'vitest';
import { callAws, translateAwsError } from '#src/adapters/aws/translate-error.ts';
import { translateDuckdbError } from '#src/adapters/duckdb/translate-error.ts';
import { translateSnowflakeError } from '#src/adapters/snowflake/translate-error.ts';
import { TerminalError } from '#src/errors.ts';

const named = (name: string, fields: object = {}) =>
  Object.assign(new Error('vendor text'), { name, ...fields });

describe('errors of AWS', () => {
  it.each([
    named('SlowDown'),
    named('ProvisionedThroughputExceededException'),
    named('Error', { code: 'ECONNREFUSED' }),
    named('Unknown', { $metadata: { httpStatusCode: 503 } }),
    named('Unknown', { $metadata: { httpStatusCode: 429 } }),
  ])('are transient when the service is busy or away: $name', (error) => {
    expect(translateAwsError(error, 'read s3://a/b')).toMatchObject({
      name: 'TransientError',
      code: 'STORE_UNAVAILABLE',
      cause: error,
    });
  });

  it.each([
    named('AccessDenied', { $metadata: { httpStatusCode: 403 } }),
    named('NoSuchBucket'),
    named('SomethingNew'),
  ])('are terminal otherwise, the unknown too: $name', (error) => {
    expect(translateAwsError(error, 'read s3://a/b')).toMatchObject({
      name: 'TerminalError',
      code: 'STORE_REFUSED',
      message: expect.stringContaining(`Cannot read s3://a/b: the service refused it`),
    });
  });

  it('pass ours on, and take anything for an error', async () => {
    const ours = new TerminalError('no', { code: 'NOT_FOUND' });

    await expect(callAws('read', () => Promise.reject(ours))).rejects.toBe(ours);
    expect(translateAwsError('text', 'read')).toMatchObject({ code: 'UNEXPECTED' });
    expect(await callAws('read', async () => 1)).toBe(1);
  });
});

describe('errors of DuckDB', () => {
  it.each([
    ['Conversion Error: Could not convert "secret"', 'TerminalError', 'RESULT_CORRUPT'],
    ['Out of Range Error: secret', 'TerminalError', 'RESULT_CORRUPT'],
    ['Invalid Input Error: Malformed JSON secret', 'TerminalError', 'RESULT_CORRUPT'],
    ['Out of Memory Error: failed to allocate secret', 'TransientError', 'STORE_UNAVAILABLE'],
    ['IO Error: No space left on device secret', 'TransientError', 'STORE_UNAVAILABLE'],
    ['Binder Error: secret', 'TerminalError', 'UNEXPECTED'],
    ['secret', 'TerminalError', 'UNEXPECTED'],
  ])('become ours without their words: %s', (message, name, code) => {
    const error = translateDuckdbError(new Error(message), 'write part-0001.parquet');

    expect(error).toMatchObject({ name, code });
    expect(error.message).toContain('Cannot write part-0001.parquet');
    expect(error.message).not.toContain('secret');
    expect(error.cause).toBeUndefined();
  });

  it('pass ours on', () => {
    const ours = new TerminalError('no', { code: 'NOT_FOUND' });

    expect(translateDuckdbError(ours, 'write')).toBe(ours);
    expect(translateDuckdbError('text', 'write').code).toBe('UNEXPECTED');
  });
});

describe('errors of Snowflake', () => {
  it.each([
    [{ status: 0 }, 'TransientError', 'WAREHOUSE_UNAVAILABLE'],
    [{ status: 429, code: '390505' }, 'TransientError', 'WAREHOUSE_UNAVAILABLE'],
    [{ status: 503 }, 'TransientError', 'WAREHOUSE_UNAVAILABLE'],
    [{ status: 422, code: '000603' }, 'TransientError', 'WAREHOUSE_UNAVAILABLE'],
    [{ status: 408, code: '000630' }, 'TransientError', 'WAREHOUSE_UNAVAILABLE'],
    [{ status: 401, code: '390144' }, 'TerminalError', 'CREDENTIALS_REFUSED'],
    [{ status: 401, code: '390999' }, 'TerminalError', 'CREDENTIALS_REFUSED'],
    [{ status: 422, code: '000709' }, 'TerminalError', 'NOT_FOUND'],
    [{ status: 422, code: '000604' }, 'TerminalError', 'WAREHOUSE_REFUSED'],
    [{ status: 422, code: '999999' }, 'TerminalError', 'WAREHOUSE_REFUSED'],
    [{ status: 400 }, 'TerminalError', 'WAREHOUSE_REFUSED'],
  ])('%j', (failure, name, code) => {
    expect(translateSnowflakeError(failure, 'run a statement')).toMatchObject({ name, code });
  });

  it('say what Snowflake says, on one line, but for errors of data', () => {
    const compile = { status: 422, code: '002003', sqlState: '42S02', message: 'no\nsuch table' };
    const data = { ...compile, sqlState: '22018', message: "'secret' is no number" };

    expect(translateSnowflakeError(compile, 'run a statement').message).toContain(
      'Cannot run a statement at Snowflake: Snowflake says "no such table" (002003).',
    );
    expect(translateSnowflakeError(data, 'run a statement').message).not.toContain('secret');
  });
});

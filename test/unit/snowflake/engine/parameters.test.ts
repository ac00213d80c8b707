import { describe, expect, it } from 'vitest';
import { SessionParameters } from '#local/snowflake/session/parameters.ts';

describe('SessionParameters', () => {
  it('answers defaults, values set, and defaults again once unset', () => {
    const parameters = new SessionParameters();
    expect(parameters.get('TIMEZONE')).toBe('UTC');
    parameters.set('TIMEZONE', 'Europe/Paris');
    expect(parameters.get('TIMEZONE')).toBe('Europe/Paris');
    parameters.unset('TIMEZONE');
    expect(parameters.get('TIMEZONE')).toBe('UTC');
  });

  it('keeps the kind of each value', () => {
    const parameters = new SessionParameters();
    parameters.set('AUTOCOMMIT', 'false');
    parameters.set('LOCK_TIMEOUT', '5');
    expect(parameters.get('AUTOCOMMIT')).toBe(false);
    expect(parameters.get('LOCK_TIMEOUT')).toBe(5);
  });

  it.each([
    ['NO_SUCH_THING', 'x', '001420'],
    ['LOCK_TIMEOUT', 'soon', '001008'],
    ['WEEK_START', '1', '000002'],
  ])('refuses %s = %s with %s', (name, value, code) => {
    expect(() => new SessionParameters().set(name, value)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('takes a parameter that changes nothing here when it is its default', () => {
    expect(() => new SessionParameters().set('WEEK_START', '0')).not.toThrow();
  });

  it.each([
    ['PYTHON_CONNECTOR_QUERY_RESULT_FORMAT', 'JSON'],
    ['JDBC_QUERY_RESULT_FORMAT', 'JSON'],
    ['GO_QUERY_RESULT_FORMAT', 'JSON'],
    ['CLIENT_PREFETCH_THREADS', '8'],
    ['CLIENT_SESSION_KEEP_ALIVE', 'true'],
    ['CLIENT_REQUEST_MFA_TOKEN', 'true'],
    ['CLIENT_STORE_TEMPORARY_CREDENTIAL', 'true'],
    ['CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED', 'true'],
    ['CLIENT_VALIDATE_DEFAULT_PARAMETERS', 'true'],
    ['JS_TREAT_INTEGER_AS_BIGINT', 'true'],
    ['QUERY_CONTEXT_CACHE_SIZE', '7'],
    ['QUERY_TAG', 'nightly'],
  ])('takes %s, which drivers set', (name, value) => {
    const parameters = new SessionParameters();
    parameters.set(name, value);
    expect(String(parameters.get(name))).toBe(value);
  });

  it.each([
    ['DEFAULT_NULL_ORDERING', 'FIRST'],
    ['CSV_TIMESTAMP_FORMAT', 'YYYY'],
  ])('refuses %s, which would change nothing here', (name, value) => {
    expect(() => new SessionParameters().set(name, value)).toThrow(`'${name} = ${value}'`);
  });
});

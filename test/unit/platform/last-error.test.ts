import { describe, expect, it } from 'vitest';
import { lastPythonError } from '#local/jobs/last-error.ts';

const traceback = (...end: string[]): string =>
  [
    'Traceback (most recent call last):',
    '  File "/job/silver.py", line 3, in <module>',
    '    main()',
    ...end,
  ].join('\n');

describe('lastPythonError', () => {
  it('gives the last error without its module', () => {
    const text = `${traceback('ValueError: first')}\n\nDuring handling …\n\n${traceback('pipeline.errors.CheckError: second')}\n`;

    expect(lastPythonError(text)).toBe('CheckError: second');
  });

  it('gives the Java exception that py4j reports on the line below', () => {
    const text = traceback(
      'py4j.protocol.Py4JJavaError: An error occurred while calling o31.save.',
      ': org.apache.spark.SparkException: Job aborted.',
      '\tat org.apache.spark.Something',
    );

    expect(lastPythonError(text)).toBe(
      'Py4JJavaError: An error occurred while calling o31.save. org.apache.spark.SparkException: Job aborted.',
    );
  });

  it('gives a name alone when the error has no text', () => {
    expect(lastPythonError(traceback('KeyboardInterrupt'))).toBe('KeyboardInterrupt');
  });

  it('gives nothing for a text without a traceback', () => {
    expect(lastPythonError('WARN: a warning\nmore')).toBeUndefined();
  });
});

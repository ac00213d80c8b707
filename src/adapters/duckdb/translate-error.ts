import {
  isSnowmeltError,
  type SnowmeltError,
  TerminalError,
  TransientError,
} from '../../errors.ts';

type Translation = readonly [kind: string, make: (doing: string) => SnowmeltError];

/**
 * DuckDB's words hold values of the rows, so that neither its message nor the error itself goes on.
 */
const terminal = (code: 'RESULT_CORRUPT' | 'UNEXPECTED', why: string) => (doing: string) =>
  new TerminalError(`Cannot ${doing}: ${why}`, { code });

/**
 * Kinds of DuckDB errors by how their messages begin:
 * https://duckdb.org/docs/stable/dev/internal_errors
 */
const TRANSLATIONS: readonly Translation[] = [
  [
    'Conversion Error',
    terminal(
      'RESULT_CORRUPT',
      'a value does not fit the type of its column. A timestamp of nine digits ' +
        'must lie between the years 1677 and 2262: ' +
        'cast such a column with sql, for example to TIMESTAMP_NTZ(6).',
    ),
  ],
  [
    'Out of Range Error',
    terminal(
      'RESULT_CORRUPT',
      'a value is out of the range of its column. Cast that column with sql to a wider type.',
    ),
  ],
  [
    'Invalid Input Error',
    terminal('RESULT_CORRUPT', 'its rows are not well-formed JSON. Extract again.'),
  ],
  [
    'Out of Memory Error',
    (doing) =>
      new TransientError(
        `Cannot ${doing}: DuckDB has used the memory it was given. ` +
          'Give the function more, or lower max_file_mb.',
        { code: 'STORE_UNAVAILABLE' },
      ),
  ],
  [
    'IO Error',
    (doing) =>
      new TransientError(
        `Cannot ${doing}: the disk failed or is full. ` +
          'Give the function more ephemeral storage, or lower max_file_mb.',
        { code: 'STORE_UNAVAILABLE' },
      ),
  ],
];

/**
 * Turns an error of DuckDB into ours.
 *
 * @param doing completes "Cannot …", for example `write part-0001.parquet`
 */
export function translateDuckdbError(error: unknown, doing: string): SnowmeltError {
  if (isSnowmeltError(error)) return error;
  const message = error instanceof Error ? error.message : '';
  const known = TRANSLATIONS.find(([kind]) => message.startsWith(kind));
  if (known !== undefined) return known[1](doing);
  const kind = /^[A-Z][A-Za-z ]+ Error/.exec(message)?.[0] ?? 'an error without a kind';
  return terminal(
    'UNEXPECTED',
    `DuckDB gave up with ${kind}. It is a fault of the program.`,
  )(doing);
}

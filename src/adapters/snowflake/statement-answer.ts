import { z } from 'zod';
import { TerminalError } from '../../errors.ts';
import { fromNanos } from '../../model/instant.ts';
import type { QueryResult, SourceColumn } from '../../ports/warehouse.ts';
import { RetryableFailure } from './retry.ts';

/**
 * The part of a statement's answer that we read.
 * https://docs.snowflake.com/en/developer-guide/sql-api/reference
 */
export const StatementAnswer = z.object({
  statementHandle: z.string(),
  data: z.array(z.array(z.string().nullable())),
  resultSetMetaData: z.object({
    numRows: z.int().min(0),
    partitionInfo: z.array(
      z.object({ rowCount: z.int().min(0), uncompressedSize: z.number().min(0).nullish() }),
    ),
    rowType: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        nullable: z.boolean().nullish(),
        precision: z.int().nullish(),
        scale: z.int().nullish(),
        length: z.int().nullish(),
      }),
    ),
  }),
});
export type StatementAnswer = z.infer<typeof StatementAnswer>;

/** @throws RetryableFailure of RESULT_CORRUPT when it is not the answer that is documented */
export function parseAnswer(body: unknown): StatementAnswer {
  const parsed = StatementAnswer.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.slice(0, 2).join('.')))];
  throw new RetryableFailure(
    new TerminalError(
      `Cannot read Snowflake's answer: ${fields.slice(0, 5).join(', ')} is not as documented. ` +
        'Extract again.',
      { code: 'RESULT_CORRUPT', details: { fields } },
    ),
  );
}

/** The SQL API's names of types, where they are not the type's own. */
const TYPE_NAMES: Readonly<Record<string, string>> = { FIXED: 'NUMBER', REAL: 'FLOAT' };

/**
 * When an answer does not say how large a partition is: bytes of a cell as text, on the safe side.
 */
const GUESSED_CELL_BYTES = 64;

export function columnsOf({ resultSetMetaData }: StatementAnswer): readonly SourceColumn[] {
  return resultSetMetaData.rowType.map(({ name, type, nullable, precision, scale, length }) => {
    const upper = type.toUpperCase();
    return {
      name,
      type: TYPE_NAMES[upper] ?? upper,
      precision: precision ?? null,
      scale: scale ?? null,
      length: length ?? null,
      nullable: nullable ?? true,
    };
  });
}

export function resultOf(answer: StatementAnswer): QueryResult {
  const { numRows, partitionInfo, rowType } = answer.resultSetMetaData;
  return {
    queryId: answer.statementHandle,
    columns: columnsOf(answer),
    rows: numRows,
    partitions: partitionInfo.map(({ rowCount, uncompressedSize }) => ({
      rows: rowCount,
      bytes: uncompressedSize ?? rowCount * rowType.length * GUESSED_CELL_BYTES,
    })),
  };
}

/**
 * The instant, in the form of Window, of a timestamp on the wire: seconds since 1970 with a
 * fraction.
 */
export function instantOfEpoch(seconds: string): string {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?/.exec(seconds) ?? [];
  const nanos = BigInt(whole + fraction.padEnd(9, '0').slice(0, 9));
  return fromNanos(sign === '-' ? -nanos : nanos);
}

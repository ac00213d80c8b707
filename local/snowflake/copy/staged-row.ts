/** What is wrong with one record of a file. */
export interface RecordError {
  readonly code: string;
  readonly sqlState: string;
  readonly message: string;
  /** Character of the record's line, from 1. */
  readonly character: number | null;
}

/** One record of a file: its cells, or why it has none. */
export interface StagedRow {
  /** Line the record begins at, from 1. */
  readonly line: number;
  readonly cells: readonly (string | null)[];
  readonly error?: RecordError;
}

export const recordError = (
  code: string,
  message: string,
  character: number | null = null,
): RecordError => ({ code, sqlState: '22000', message, character });

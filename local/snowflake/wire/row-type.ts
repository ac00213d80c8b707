import type { ResultColumn } from '../statement.ts';

/**
 * A column as both protocols describe it; the names of origin are empty, as Snowflake leaves them
 * for expressions.
 */
export const rowType = (columns: readonly ResultColumn[]): readonly object[] =>
  columns.map(({ name, type, nullable, precision, scale, length, byteLength }) => ({
    name,
    database: '',
    schema: '',
    table: '',
    type,
    nullable,
    precision,
    scale,
    length,
    byteLength,
    collation: null,
  }));

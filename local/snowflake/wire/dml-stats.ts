import type { ResultSet } from '../statement.ts';

/** Columns of a DML statement's one row, and the name of the figure in `stats`. */
const FIGURES = {
  'number of rows inserted': 'numRowsInserted',
  'number of rows updated': 'numRowsUpdated',
  'number of rows deleted': 'numRowsDeleted',
  'number of multi-joined rows updated': 'numDmlDuplicates',
} as const;

export interface DmlStats {
  readonly numRowsInserted: number;
  readonly numRowsUpdated: number;
  readonly numRowsDeleted: number;
  readonly numDmlDuplicates: number;
}

const isDml = (statementTypeId: number): boolean =>
  statementTypeId >= 0x3000 && statementTypeId < 0x4000;

/** Rows a DML statement touched; undefined for every other statement. */
export async function dmlStats(
  statementTypeId: number,
  { columns, partitions }: ResultSet,
): Promise<DmlStats | undefined> {
  const [first] = partitions;
  if (!isDml(statementTypeId) || first === undefined || first.rowCount !== 1) return undefined;
  const row = JSON.parse(await first.read()) as readonly (string | null)[];
  const stats = { numRowsInserted: 0, numRowsUpdated: 0, numRowsDeleted: 0, numDmlDuplicates: 0 };
  for (const [index, { name }] of columns.entries()) {
    const figure = FIGURES[name as keyof typeof FIGURES];
    if (figure !== undefined) stats[figure] = Number(row[index] ?? 0);
  }
  return stats;
}

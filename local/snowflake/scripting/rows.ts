import type { Answer } from '../session/answer.ts';
import type { RecordValue } from './frame.ts';
import { cellValue } from './value.ts';

/** The rows of an answer, a partition at a time. */
export async function* recordsOf({ result }: Answer): AsyncGenerator<RecordValue> {
  const { columns, partitions } = result;
  for (const partition of partitions) {
    const rows: readonly (readonly (string | null)[])[] = JSON.parse(`[${await partition.read()}]`);
    for (const row of rows) {
      const cells = columns.map((column, at) => [column.name, cellValue(column, row[at] ?? null)]);
      yield new Map(cells as never);
    }
  }
}

const isDml = (statementTypeId: number): boolean => statementTypeId >> 12 === 3;

/** How many rows a DML statement changed; undefined for every other statement. */
export async function changedRows(answer: Answer): Promise<number | undefined> {
  if (!isDml(answer.statementTypeId) || answer.result.rowCount !== 1) return undefined;
  for await (const row of recordsOf(answer)) {
    return [...row.values()].reduce((sum, { text }) => sum + Number(text ?? 0), 0);
  }
  return undefined;
}

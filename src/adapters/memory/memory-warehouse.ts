import { writeFile } from 'node:fs/promises';
import { TerminalError } from '../../errors.ts';
import type { QueryResult, SourceColumn, Warehouse } from '../../ports/warehouse.ts';

export type TextRow = readonly (string | null)[];

export interface MemoryTable {
  readonly columns: readonly SourceColumn[];
  /** Rows a SELECT returns; a COUNT(*) counts them. */
  rows: readonly TextRow[];
  /** How many rows have no watermark. */
  nulls?: number;
  /** The greatest watermark; null when there is none. */
  greatest?: string | null;
}

export interface MemoryWarehouseOptions {
  readonly table: MemoryTable;
  /** The source's clock, in the form of Window. */
  readonly now: () => string;
  /** Rows in one partition of a result. */
  readonly partitionRows?: number;
  /** What each of several statements that are started together answers. */
  readonly answerAll?: (statements: readonly string[]) => readonly (readonly TextRow[])[];
  /** How often a statement is polled in vain. */
  readonly pollsUntilDone?: number;
}

export interface MemoryWarehouse extends Warehouse {
  /** Statements that were started, in order. */
  readonly statements: { readonly sql: string; readonly requestId: string }[];
}

/**
 * A warehouse in memory that answers every SELECT with the rows of one table, whatever its
 * predicate says: what a stage asks is checked by its statements.
 */
export function memoryWarehouse(options: MemoryWarehouseOptions): MemoryWarehouse {
  const { table, now, partitionRows = 1000 } = options;
  const statements: { sql: string; requestId: string }[] = [];
  const results = new Map<string, readonly TextRow[]>();
  const groups = new Map<string, readonly string[]>();
  const pollsBefore = new Map<string, number>();
  const rowsOf = (queryId: string, partition: number) =>
    (results.get(queryId) ?? []).slice(partition * partitionRows, (partition + 1) * partitionRows);
  const describeResult = (queryId: string): QueryResult => {
    const rows = results.get(queryId);
    if (rows === undefined) {
      throw new TerminalError(`Cannot read query ${queryId}: there is none. Run it.`, {
        code: 'NOT_FOUND',
      });
    }
    const count = Math.max(1, Math.ceil(rows.length / partitionRows));
    const partitions = Array.from({ length: count }, (_, partition) => {
      const own = rowsOf(queryId, partition);
      return { rows: own.length, bytes: JSON.stringify(own).length };
    });
    return { queryId, columns: table.columns, rows: rows.length, partitions };
  };
  return {
    statements,
    async submit(sql, requestId) {
      const queryId = `query-${requestId}`;
      statements.push({ sql, requestId });
      if (!results.has(queryId)) results.set(queryId, table.rows);
      return queryId;
    },
    async waitFor(queryId) {
      return describeResult(queryId);
    },
    async poll(queryId) {
      const left = (pollsBefore.get(queryId) ?? options.pollsUntilDone ?? 0) - 1;
      pollsBefore.set(queryId, left);
      return left >= 0 ? null : describeResult(queryId);
    },
    async savePartition(queryId, partition, path) {
      await writeFile(path, JSON.stringify(rowsOf(queryId, partition)));
    },
    async submitAll(texts, requestId) {
      const queryId = `query-${requestId}`;
      statements.push({ sql: texts.join(';\n'), requestId });
      groups.set(queryId, texts);
      return queryId;
    },
    async pollAll(queryId) {
      const texts = groups.get(queryId) ?? [];
      const answers = options.answerAll?.(texts) ?? texts.map(() => []);
      return answers.map((rows, at) => ({ queryId: `${queryId}-${at}`, rows }));
    },
    async cancel(queryId) {
      results.delete(queryId);
    },
    async scalar(sql) {
      if (sql.startsWith('SELECT MAX(')) return table.greatest ?? null;
      if (/\nWHERE "[^"]+" IS NULL$/.test(sql)) return String(table.nulls ?? 0);
      return String(table.rows.length);
    },
    async describe() {
      return table.columns;
    },
    async now() {
      return now();
    },
  };
}

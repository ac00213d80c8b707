import type { ScopeColumn, Translated } from '../sql/scope.ts';
import type { ResultSet } from '../statement.ts';
import type { StoreConnection } from './connection.ts';
import { partitionLimit } from './partition-size.ts';
import { type OpenPartition, PartitionWriter } from './partition-writer.ts';
import { resultColumn } from './result-column.ts';
import { memoryPartition, type ResultStore } from './result-store.ts';
import { type FractionDigits, wireExpression } from './wire-expression.ts';

/** DuckDB SQL that answers each row of a query as the text of a JSON array of wire forms. */
export function wireRowsSql({ sql, columns }: Translated, fraction: FractionDigits): string {
  const names = columns.map((_, index) => `"c${index}"`);
  const cells = columns.map(({ type }, index) =>
    wireExpression(type, `_sf_row."c${index}"`, fraction),
  );
  return `SELECT CAST(json_array(${cells.join(', ')}) AS VARCHAR) FROM (${sql}) AS _sf_row(${names.join(', ')})`;
}

const textPartition: OpenPartition = (rowCount, byteCount, load) => ({
  rowCount,
  byteCount,
  read: async () => (await load()).toString('utf8'),
});

/** Gathers row texts into partitions. */
class RowGatherer {
  readonly #writer: PartitionWriter;
  #rows: string[] = [];
  #characters = 0;

  constructor(writer: PartitionWriter) {
    this.#writer = writer;
  }

  async add(rows: readonly string[]): Promise<void> {
    for (const row of rows) {
      this.#rows.push(row);
      this.#characters += row.length + 1;
      if (this.#characters >= partitionLimit(this.#writer.count)) await this.flush();
    }
  }

  async flush(): Promise<void> {
    const rowCount = this.#rows.length;
    if (rowCount === 0) return;
    const bytes = Buffer.from(this.#rows.join(','));
    this.#rows = [];
    this.#characters = 0;
    await this.#writer.write({ rowCount, bytes });
  }
}

/** Runs a translated query and keeps its rows as wire text under the query's id. */
export async function encodeQuery(
  connection: StoreConnection,
  store: ResultStore,
  query: Translated,
  queryId: string,
  fraction: FractionDigits = 'nine',
): Promise<ResultSet> {
  const writer = new PartitionWriter(store, queryId, textPartition);
  const rows = new RowGatherer(writer);
  try {
    for await (const texts of connection.texts(wireRowsSql(query, fraction))) await rows.add(texts);
    await rows.flush();
    return writer.finish(query.columns);
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

type Row = readonly (string | null)[];

/** Rows whose times have nine digits with as many as their columns have. */
function withScale(columns: readonly ScopeColumn[], rows: readonly Row[]): readonly Row[] {
  const cuts = columns.map(({ type }) => (/^TIME/.test(type.name) ? (type.scale ?? 9) : 9));
  if (cuts.every((digits) => digits === 9)) return rows;
  const cut = (cell: string | null, at: number) => {
    const digits = cuts[at] ?? 9;
    if (cell === null || digits === 9) return cell;
    return cell.replace(/\.(\d{9})/, (_, nine) =>
      digits === 0 ? '' : `.${nine.slice(0, digits)}`,
    );
  };
  return rows.map((row) => row.map(cut));
}

/** A result of rows that are already in wire form, such as the answer of SHOW. */
export function encodeRows(
  store: ResultStore,
  columns: readonly ScopeColumn[],
  rows: readonly Row[],
  queryId: string,
  fraction: FractionDigits = 'nine',
): ResultSet {
  const cells = fraction === 'nine' ? rows : withScale(columns, rows);
  const text = cells.map((row) => JSON.stringify(row)).join(',');
  const partition = memoryPartition(rows.length, text);
  const partitions = rows.length > 0 ? [partition] : [];
  const result = { columns: columns.map(resultColumn), rowCount: rows.length, partitions };
  store.keep(queryId, result, partition.byteCount);
  return result;
}

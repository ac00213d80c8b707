import { dated } from '../catalog/catalog-table.ts';
import type { TableObject } from '../catalog/model.ts';
import type { StoreConnection } from '../storage/connection.ts';
import { generationOf, VERSION_TABLES } from './layout.ts';

/** What a table was after one statement. Versions are numbered over all tables. */
export interface TableVersion {
  readonly version: number;
  readonly tableId: number;
  readonly generation: number;
  readonly queryId: string;
  /** Rows that were there then have ids up to here. */
  readonly mark: number;
  /** Nothing older than this version can be had. */
  readonly isBase: boolean;
  /** Epoch milliseconds. */
  readonly committedAt: number;
}

export interface DroppedTable {
  readonly table: TableObject;
  readonly droppedAt: number;
}

/** Where a stream stands. */
export interface StreamOffset {
  readonly version: number;
  /** The next read gives the rows that were there when the stream was made. */
  readonly isInitial: boolean;
  readonly consumedAt: number;
}

/** Committed state that is small enough to be read whole after a change. */
export interface Structure {
  readonly generations: readonly TableObject[];
  readonly dropped: readonly DroppedTable[];
  readonly offsets: ReadonlyMap<number, StreamOffset>;
}

/** Statements whose place among the versions is remembered, for AT and BEFORE (STATEMENT => …). */
const REMEMBERED_STATEMENTS = 20_000;

const VERSION_CELLS = 'version, table_id, generation, query_id, mark, is_base, committed_at';

/** Gives the versions of this transaction their time and answers them. */
export function stampSql(at: number): string {
  return (
    `UPDATE _sf.table_versions SET committed_at = ${at} WHERE committed_at IS NULL ` +
    `RETURNING ${VERSION_CELLS}`
  );
}

export function versionOf(row: Awaited<ReturnType<StoreConnection['rows']>>[number]): TableVersion {
  return {
    version: Number(row.version),
    tableId: Number(row.table_id),
    generation: Number(row.generation),
    queryId: String(row.query_id),
    mark: Number(row.mark),
    isBase: row.is_base === true,
    committedAt: Number(row.committed_at),
  };
}

const bodyOf = (body: unknown): TableObject => dated(JSON.parse(String(body)));

/** Generations, dropped tables and stream offsets as a connection sees them. */
export async function readStructure(connection: Pick<StoreConnection, 'rows'>): Promise<Structure> {
  const generations = await connection.rows(
    'SELECT CAST(body AS VARCHAR) AS body FROM _sf.generations',
  );
  const dropped = await connection.rows(
    'SELECT CAST(body AS VARCHAR) AS body, dropped_at FROM _sf.dropped_tables ORDER BY dropped_at',
  );
  const offsets = await connection.rows('SELECT * FROM _sf.stream_offsets');
  return {
    generations: generations.map(({ body }) => bodyOf(body)),
    dropped: dropped.map(({ body, dropped_at: at }) => ({
      table: bodyOf(body),
      droppedAt: Number(at),
    })),
    offsets: new Map(
      offsets.map((row) => [
        Number(row.stream_id),
        {
          version: Number(row.version),
          isInitial: row.is_initial === true,
          consumedAt: Number(row.consumed_at),
        },
      ]),
    ),
  };
}

/** The committed versions of all tables: in memory for reading, in tables of the store for good. */
export class VersionLog {
  readonly #byTable = new Map<number, TableVersion[]>();
  readonly #byQuery = new Map<string, number>();
  readonly #statements = new Map<string, { readonly before: number; readonly after: number }>();
  #structure: Structure = { generations: [], dropped: [], offsets: new Map() };
  #last = 0;
  #next = 1;
  #lastStamp = 0;
  #keptRows = 0;
  /** Told how many old rows have been kept since it last answered true. */
  onKept: (rows: number) => boolean = () => false;
  #lastIssued = 0;

  static async load(connection: StoreConnection): Promise<VersionLog> {
    const log = new VersionLog();
    await connection.run(VERSION_TABLES);
    await log.reload(connection);
    return log;
  }

  /** Reads everything anew, after something has been removed from the store. */
  async reload(connection: Pick<StoreConnection, 'rows'>): Promise<void> {
    const rows = await connection.rows(
      `SELECT ${VERSION_CELLS} FROM _sf.table_versions ORDER BY version`,
    );
    const structure = await readStructure(connection);
    this.#byTable.clear();
    this.#byQuery.clear();
    this.apply(rows.map(versionOf));
    this.applyStructure(structure);
  }

  /** The newest committed version. */
  get last(): number {
    return this.#last;
  }

  /** A number no statement has had. */
  next(): number {
    return this.#next++;
  }

  /** Notes the time a statement began with: what commits later gets a later time. */
  issue(now: Date): void {
    this.#lastIssued = Math.max(this.#lastIssued, now.getTime());
  }

  /** Whether a commit at this time would be as old as a statement that does not see it. */
  isTooEarly(at: number): boolean {
    return at <= this.#lastIssued;
  }

  /** The time of a commit; times of commits never go back. */
  stamp(at: number): number {
    this.#lastStamp = Math.max(this.#lastStamp, at);
    return this.#lastStamp;
  }

  /** Makes committed versions seen. */
  apply(versions: readonly TableVersion[]): void {
    for (const version of versions) {
      const before = version.isBase ? [] : (this.#byTable.get(version.tableId) ?? []);
      if (before.length === 0) this.#byTable.set(version.tableId, before);
      before.push(version);
      this.#byQuery.set(version.queryId, version.version);
      this.#last = Math.max(this.#last, version.version);
      this.#next = Math.max(this.#next, version.version + 1);
      this.#lastStamp = Math.max(this.#lastStamp, version.committedAt);
    }
  }

  applyStructure(structure: Structure): void {
    this.#structure = structure;
  }

  /** What can be had of a table, oldest first. */
  versions(tableId: number): readonly TableVersion[] {
    return this.#byTable.get(tableId) ?? [];
  }

  /** What a table was at a version, unless that is gone or was before the table. */
  at(tableId: number, version: number): TableVersion | undefined {
    return this.versions(tableId).findLast((each) => each.version <= version);
  }

  tableIds(): number[] {
    return [...this.#byTable.keys()];
  }

  /** Notes old rows that a commit has kept. */
  noteKept(rows: number): void {
    this.#keptRows += rows;
    if (rows > 0 && this.onKept(this.#keptRows)) this.#keptRows = 0;
  }

  /** A table with the columns it had in a generation. */
  generation(table: TableObject, generation: number): TableObject | undefined {
    if (generation === generationOf(table)) return table;
    return this.#structure.generations.find(
      (each) => each.id === table.id && generationOf(each) === generation,
    );
  }

  get generations(): readonly TableObject[] {
    return this.#structure.generations;
  }

  get dropped(): readonly DroppedTable[] {
    return this.#structure.dropped;
  }

  offset(streamId: number): StreamOffset | undefined {
    return this.#structure.offsets.get(streamId);
  }

  /** Notes where among the versions a statement ran. */
  remember(queryId: string, before: number): void {
    this.#statements.set(queryId, { before, after: this.#last });
    if (this.#statements.size <= REMEMBERED_STATEMENTS) return;
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined) this.#statements.delete(oldest);
  }

  /** The newest version that was there before, and the one after a statement. */
  statement(queryId: string): { readonly before: number; readonly after: number } | undefined {
    const version = this.#byQuery.get(queryId);
    if (version !== undefined) return { before: version - 1, after: version };
    return this.#statements.get(queryId);
  }
}

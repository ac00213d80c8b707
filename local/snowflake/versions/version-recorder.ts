import { setTimeout as sleep } from 'node:timers/promises';
import type { TableObject } from '../catalog/model.ts';
import { quote } from '../catalog/names.ts';
import type { TransactionHooks, Work } from '../session/transaction.ts';
import type { DoomedRows } from '../sql/translate.ts';
import type { StoreConnection } from '../storage/connection.ts';
import { generationOf, historyName, keepsHistory, ROW_ID, UNTIL } from './layout.ts';
import {
  readStructure,
  type Structure,
  stampSql,
  type TableVersion,
  type VersionLog,
  versionOf,
} from './version-log.ts';

/** How often a commit waits a millisecond for the clock to pass the newest statement's time. */
const MOST_WAITS = 3;

/** What one session's statements do to the versions of tables, up to the commit. */
export class VersionRecorder implements TransactionHooks {
  readonly #log: VersionLog;
  readonly #now: () => Date;
  #keptRows = 0;
  #hasVersions = false;
  #hasStructure = false;
  #staged: { versions: TableVersion[]; structure: Structure | undefined } | undefined;
  /** The newest version when the open transaction began. */
  #begunAt: number | undefined;

  constructor(log: VersionLog, now: () => Date) {
    this.#log = log;
    this.#now = now;
  }

  /**
   * Up to where streams read: what was committed when the transaction began, for all its
   * statements. https://docs.snowflake.com/en/user-guide/streams-intro#repeatable-read-isolation
   */
  get horizon(): number {
    return this.#begunAt ?? this.#log.last;
  }

  /** A version for a statement that writes. */
  next(): number {
    return this.#log.next();
  }

  /** Copies rows into the history before the statement with this version changes them. */
  async keepRows(work: Work, table: TableObject, rows: DoomedRows, version: number): Promise<void> {
    if (!keepsHistory(table)) return;
    const alias = quote(rows.alias);
    const names = [...table.columns.map(({ name }) => quote(name)), ROW_ID];
    this.#keptRows += await work.run(
      `INSERT INTO ${historyName(table)} (${names.join(', ')}, ${UNTIL}) ` +
        `SELECT ${names.map((name) => `${alias}.${name}`).join(', ')}, ${version} ${rows.from}`,
    );
  }

  /** Notes rows that are kept for the past, so that they are pruned when there are many. */
  noteKept(rows: number): void {
    this.#keptRows += rows;
  }

  /** Records that a statement has made a new version of a table. */
  async record(work: Work, table: TableObject, version: number, queryId: string): Promise<void> {
    if (table.persistence === 'temporary') return;
    const isBase = !keepsHistory(table);
    if (isBase) await work.run(`DELETE FROM _sf.table_versions WHERE table_id = ${table.id}`);
    await work.run(
      'INSERT INTO _sf.table_versions ' +
        `SELECT ${version}, ${table.id}, ${generationOf(table)}, '${queryId}', nextval('_sf.row_ids'), ${isBase}, NULL`,
    );
    this.#hasVersions = true;
  }

  /** Says that generations, dropped tables or stream offsets have changed. */
  structureChanged(): void {
    this.#hasStructure = true;
  }

  onBegin(): void {
    this.#begunAt = this.#log.last;
  }

  async beforeCommit(connection: StoreConnection): Promise<void> {
    const versions = this.#hasVersions ? await this.#stamp(connection) : [];
    const structure = this.#hasStructure ? await readStructure(connection) : undefined;
    this.#staged = { versions, structure };
  }

  onCommitted(): void {
    if (this.#staged?.structure) this.#log.applyStructure(this.#staged.structure);
    this.#log.apply(this.#staged?.versions ?? []);
    this.#log.noteKept(this.#keptRows);
    this.onEnded();
  }

  onEnded(): void {
    this.#staged = undefined;
    this.#keptRows = 0;
    this.#hasVersions = false;
    this.#hasStructure = false;
    this.#begunAt = undefined;
  }

  async #stamp(connection: StoreConnection): Promise<TableVersion[]> {
    for (let waits = 0; waits < MOST_WAITS; waits += 1) {
      if (!this.#log.isTooEarly(this.#now().getTime())) break;
      await sleep(1);
    }
    const at = this.#log.stamp(this.#now().getTime());
    const rows = await connection.rows(stampSql(at));
    return rows.map(versionOf).sort((a, b) => a.version - b.version);
  }
}

import { TerminalError } from '../errors.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import { declaredType } from '../model/source-type.ts';
import { quoteName, snowflakeText } from '../model/sql-text.ts';
import type { SourceColumn, Warehouse } from '../ports/warehouse.ts';
import { type ContractColumn, sourceOf } from './apply-contract.ts';
import { CHANGE_COLUMN } from './choose-columns.ts';

/** Where the keys of deleted rows come from, in the statement of a window. */
export interface Deletes {
  /** SELECT of the key columns of rows that went; null when none can have gone yet. */
  readonly sql: string | null;
  readonly key: readonly ContractColumn[];
  /** Statements that have to run, in order, after the window was noted and before it is read. */
  readonly before: readonly string[];
}

/** The column that says of a bronze row whether it is there or gone. */
export const changeColumn: ContractColumn = {
  name: CHANGE_COLUMN,
  type: 'TEXT',
  precision: null,
  scale: null,
  length: 6,
  nullable: false,
  read: 'change',
};

/** The columns of a query's key, as they are read. */
export const keyColumns = <Column extends SourceColumn>(
  query: Pick<ExtractQuery, 'key'>,
  columns: readonly Column[],
): Column[] =>
  query.key.flatMap((name) => {
    const exact = columns.find((column) => column.name === name);
    return (
      exact ?? columns.find((column) => column.name.toUpperCase() === name.toUpperCase()) ?? []
    );
  });

const instant = (at: string) =>
  `'${at.replace('T', ' ').replace('Z', '')} +00:00'::TIMESTAMP_TZ(9)`;

/**
 * Keys of rows that were removed, or had another key, between two instants. A key that a row still
 * has is sorted out where the statement of the window takes them.
 * https://docs.snowflake.com/en/sql-reference/constructs/changes
 */
const changesSql = (table: string, key: string, { from, to }: { from: string; to: string }) =>
  `SELECT DISTINCT ${key}\nFROM ${table} CHANGES(INFORMATION => DEFAULT)\n` +
  `  AT(TIMESTAMP => ${instant(from)}) END(TIMESTAMP => ${instant(to)})\n` +
  `WHERE METADATA$ACTION = 'DELETE'`;

async function readChanges(
  warehouse: Warehouse,
  query: ExtractQuery,
  key: readonly ContractColumn[],
  { previous, snapshotAt }: { previous: Manifest | null; snapshotAt: string },
): Promise<Deletes> {
  const isFollowed = previous?.deletes === 'changes' && previous.source === sourceOf(query);
  if (!isFollowed) return { sql: null, key, before: [] };
  const names = key.map(({ name }) => quoteName(name)).join(', ');
  const span = { from: previous.snapshotAt, to: snapshotAt };
  const sql = changesSql(query.table as string, names, span);
  try {
    await warehouse.describe(`${sql}\nLIMIT 0`);
  } catch (cause) {
    throw new TerminalError(
      `Cannot extract ${query.name}: its deletions since ${previous.snapshotAt} cannot be read ` +
        `(${(cause as Error).message}). Set CHANGE_TRACKING = TRUE on the table; if that time is no ` +
        'longer retained, extract once with deletes: key_difference, then go back to changes.',
      { code: 'WAREHOUSE_REFUSED', details: { query: query.name }, cause },
    );
  }
  return { sql, key, before: [] };
}

/** Name of the table beside a stream in which its deletions wait for the commit. */
const heldName = (stream: string) =>
  stream.endsWith('"') ? `${stream.slice(0, -1)}_held"` : `${stream}_HELD`;

/**
 * Takes the deletions out of a stream into a table, in one statement, which moves the stream's
 * offset: from then on the table remembers them, under the run that is to commit them. Rows of the
 * run that committed last are delivered and go; those of a run that did not come that far are taken
 * over. Every statement may run again.
 * https://docs.snowflake.com/en/user-guide/streams-intro
 */
function holdStream(
  stream: string,
  key: readonly ContractColumn[],
  { runId, committed }: { runId: string; committed: string | null },
): Deletes {
  const held = heldName(stream);
  const names = key.map(({ name }) => quoteName(name)).join(', ');
  const types = key.map((column) => `${quoteName(column.name)} ${declaredType(column)}`).join(', ');
  const delivered =
    committed === null ? [] : [`DELETE FROM ${held} WHERE "_run_id" = ${snowflakeText(committed)}`];
  return {
    sql: `SELECT DISTINCT ${names}\nFROM ${held}\nWHERE "_run_id" = ${snowflakeText(runId)}`,
    key,
    before: [
      `CREATE TABLE IF NOT EXISTS ${held} ("_run_id" VARCHAR, ${types})`,
      ...delivered,
      `UPDATE ${held} SET "_run_id" = ${snowflakeText(runId)} WHERE "_run_id" <> ${snowflakeText(runId)}`,
      `INSERT INTO ${held} ("_run_id", ${names})\nSELECT ${snowflakeText(runId)}, ${names}\n` +
        `FROM ${stream}\nWHERE METADATA$ACTION = 'DELETE'`,
    ],
  };
}

export interface DeletesOptions {
  readonly runId: string;
  /** Run and manifest of the last commit. */
  readonly committed: string | null;
  readonly previous: Manifest | null;
  /** The source's clock. */
  readonly snapshotAt: string;
}

/**
 * How the statement of a window takes deleted rows; null for a query that does not, or does so
 * apart from it.
 *
 * @throws TerminalError WAREHOUSE_REFUSED when the source has not kept the changes
 */
export async function planDeletes(
  warehouse: Warehouse,
  query: ExtractQuery,
  columns: readonly ContractColumn[],
  options: DeletesOptions,
): Promise<Deletes | null> {
  const key = keyColumns(query, columns);
  if (query.deletes === 'changes') return readChanges(warehouse, query, key, options);
  if (query.deletes === 'stream') return holdStream(query.stream as string, key, options);
  return null;
}

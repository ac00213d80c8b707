import type { ScopeColumn } from '../../sql/scope.ts';
import { answerRows, type Handler, STATEMENT_TYPE, textColumn } from '../answer.ts';
import { likePattern, parseShowOptions, type ShowOptions } from '../parse/show.ts';
import { missing, type SessionState } from '../session-state.ts';

export type Cell = string | null;

/** One row of SHOW and what its filters look at. */
export interface ShowRow {
  readonly name: string;
  readonly database: string | null;
  readonly schema: string | null;
  readonly cells: readonly Cell[];
}

/** One SHOW kind: its columns, the terse ones among them, and its rows. */
export interface ShowKind {
  readonly words: readonly string[];
  readonly columns: readonly ScopeColumn[];
  /** Whether SHOW TERSE answers fewer columns. */
  readonly isTerseToo?: boolean;
  /** Whether IN names a database or a schema, which filters the rows. */
  readonly level: 'account' | 'database' | 'schema';
  rows(
    session: SessionState,
    options: ShowOptions,
  ): Promise<readonly ShowRow[]> | readonly ShowRow[];
}

/** The database and schema that SHOW looks in; null is everywhere. */
export interface Place {
  readonly database: string | null;
  readonly schema: string | null;
}

function named(session: SessionState, parts: readonly string[]): Place {
  const [last = '', before] = [...parts].reverse();
  if (before !== undefined) return existing(session, { database: before, schema: last });
  const { database } = session.context;
  if (session.hasDatabase(last)) return { database: last, schema: null };
  return existing(session, { database, schema: last });
}

function existing(session: SessionState, place: Place): Place {
  const { database, schema } = place;
  if (!database || !session.hasDatabase(database)) throw missing('Database', database ?? '');
  if (schema !== null && !session.hasSchema(database, schema)) {
    throw missing('Schema', `${database}.${schema}`);
  }
  return place;
}

/** Where SHOW looks: what IN says, otherwise the session's schema or database. */
export function placeOf(
  session: SessionState,
  options: ShowOptions,
  level: ShowKind['level'],
): Place {
  const { database, schema } = session.context;
  const { within } = options;
  if (!within) return { database, schema: level === 'schema' ? schema : null };
  const [last, before] = [...within.parts].reverse();
  switch (within.kind) {
    case 'DATABASE':
      return existing(session, { database: last ?? database, schema: null });
    case 'SCHEMA':
      return existing(session, { database: before ?? database, schema: last ?? schema });
    case 'NAME':
      return named(session, within.parts);
    default:
      return { database: null, schema: null };
  }
}

function filter(rows: readonly ShowRow[], options: ShowOptions): ShowRow[] {
  const { like, startsWith, from, limit } = options;
  const pattern = like === null ? undefined : likePattern(like);
  const kept = rows.filter(
    ({ name }) =>
      (!pattern || pattern.test(name)) &&
      (startsWith === null || name.startsWith(startsWith)) &&
      (from === null || name > from),
  );
  return limit === null ? kept : kept.slice(0, limit);
}

function isWithin(row: ShowRow, { database, schema }: Place): boolean {
  return (
    (database === null || row.database === database) && (schema === null || row.schema === schema)
  );
}

interface ShownColumn {
  readonly column: ScopeColumn;
  /** Place among the cells; -1 where the kind has no such column. */
  readonly at: number;
}

/**
 * https://docs.snowflake.com/en/sql-reference/sql/show-tables: the columns of SHOW TERSE, whatever
 * is shown.
 */
const TERSE = ['created_on', 'name', 'kind', 'database_name', 'schema_name'];

const textOf =
  ({ columns }: ShowKind) =>
  (name: string): ShownColumn => {
    const at = columns.findIndex((column) => column.name === name);
    return { column: columns[at] ?? textColumn(name), at };
  };

const itself = (column: ScopeColumn, at: number): ShownColumn => ({ column, at });

/** SHOW [TERSE] kind [LIKE …] [IN …] [STARTS WITH …] [LIMIT n [FROM …]]. */
export const show =
  (kind: ShowKind): Handler =>
  async (session, statement) => {
    const { reader } = statement;
    reader.expect('SHOW');
    const isTerse = reader.accept('TERSE');
    reader.expect(...kind.words);
    const options = parseShowOptions(reader, isTerse);
    const place: Place =
      kind.level === 'account'
        ? { database: null, schema: null }
        : placeOf(session, options, kind.level);
    const all = await kind.rows(session, options);
    const rows = filter(
      all.filter((row) => isWithin(row, place)),
      options,
    );
    const shown = isTerse && kind.isTerseToo ? TERSE.map(textOf(kind)) : kind.columns.map(itself);
    return answerRows(
      session,
      statement,
      STATEMENT_TYPE.show,
      shown.map(({ column }) => column),
      rows.map(({ cells }) => shown.map(({ at }) => cells[at] ?? null)),
    );
  };

export const flag = (value: boolean): string => (value ? 'Y' : 'N');
export const onOff = (value: boolean): string => (value ? 'ON' : 'OFF');

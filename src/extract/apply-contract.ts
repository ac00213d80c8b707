import { TerminalError } from '../errors.ts';
import type { Drift } from '../model/drift.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import { columnOfType, declaredType, joinTypes } from '../model/source-type.ts';
import type { SourceColumn } from '../ports/warehouse.ts';
import { CHANGE_COLUMN, isAddedColumn } from './choose-columns.ts';

/** A column as the run reads it. */
export interface ContractColumn extends SourceColumn {
  /**
   * How its value is had where it is not the column itself: cast to its type, null of it, or the
   * word for what became of the row.
   */
  readonly read?: 'cast' | 'null' | 'change' | undefined;
}

export interface Contract {
  readonly columns: readonly ContractColumn[];
  readonly drift: readonly Drift[];
}

type ContractQuery = Pick<ExtractQuery, 'name' | 'table' | 'sql' | 'columns' | 'key' | 'contract'>;

/** What a query reads, as its manifests say it. */
export const sourceOf = ({ table, sql }: Pick<ExtractQuery, 'table' | 'sql'>): string =>
  table ?? (sql as string);

/** The columns that the last run read, without those that extraction adds. */
function knownColumns(query: ContractQuery, previous: Manifest | null): readonly SourceColumn[] {
  if (previous === null || previous.source !== sourceOf(query)) return [];
  const names = new Set(previous.columns.map(({ name }) => name));
  return previous.columns
    .filter(({ name }) => !isAddedColumn(name, names))
    .filter(({ name }) => previous.deletes === 'none' || name !== CHANGE_COLUMN)
    .map(({ name, type, nullable }) => columnOfType(name, type, nullable));
}

/** What became of a column that the last run read. */
function compareColumn(
  known: SourceColumn,
  found: SourceColumn | undefined,
): { column: ContractColumn; drift: Drift | null } {
  const from = declaredType(known);
  const drift = { column: known.name, from, decision: 'evolved' as const };
  if (found === undefined) {
    const column = { ...known, nullable: true, read: 'null' as const };
    return { column, drift: { ...drift, change: 'dropped', to: null } };
  }
  const to = declaredType(found);
  if (to === from) return { column: found, drift: null };
  const joined = joinTypes(known, found);
  if (joined === null) {
    return { column: found, drift: { ...drift, change: 'retyped', to, decision: 'refused' } };
  }
  const type = declaredType(joined);
  const column = type === to ? found : { ...found, ...joined, read: 'cast' as const };
  // A narrower type holds less than what has been read: the column stays as wide as it was.
  const change = type === from ? 'retyped' : 'widened';
  return { column, drift: { ...drift, change, to: type === from ? to : type } };
}

/** Columns that went while others of their type came in their places. */
function findRenamed(known: readonly SourceColumn[], found: readonly SourceColumn[]): Drift[] {
  const has = (columns: readonly SourceColumn[], name: string) =>
    columns.some((column) => column.name === name);
  return known.flatMap((old, place) => {
    const now = found[place];
    if (now === undefined || has(found, old.name) || has(known, now.name)) return [];
    if (declaredType(old) !== declaredType(now)) return [];
    const names = { from: old.name, to: now.name };
    return [{ column: now.name, change: 'renamed', ...names, decision: 'evolved' }];
  });
}

const describeDrift = ({ column, change, from, to }: Drift): string => {
  if (change === 'added') return `${column} was added (${to})`;
  if (change === 'dropped') return `${column} was dropped (${from})`;
  if (change === 'renamed') return `${from} may have been renamed ${to}`;
  return `${column} was changed from ${from} to ${to}`;
};

/** @throws TerminalError SCHEMA_DRIFT when a change was refused */
function refuseDrift(query: ContractQuery, drift: readonly Drift[]): void {
  const refused = drift.filter(({ decision }) => decision === 'refused');
  if (refused.length === 0) return;
  const way =
    query.contract === 'freeze'
      ? 'To take the change, set contract: evolve for one extraction; or restore the source.'
      : 'Convert the column with sql to the type before, or extract under a new query name.';
  throw new TerminalError(
    `Cannot extract ${query.name}: the source no longer fits its contract ` +
      `(${query.contract}): ${refused.map(describeDrift).join(', ')}. ${way}`,
    { code: 'SCHEMA_DRIFT', details: { query: query.name, drift: refused } },
  );
}

/**
 * Compares the source's columns with those of the last commit, and decides what is read.
 *
 * `evolve` takes added columns, reads widened ones in the type that holds both, and those that were
 * dropped as nulls. `discard` does the same, but leaves added columns out. `freeze` refuses every
 * change. A type that cannot hold what was read before is refused always. A query without commits,
 * or whose table or SQL was changed in pipeline.yml, begins a new contract.
 *
 * @throws TerminalError SCHEMA_DRIFT, naming every column of a change that is refused
 */
export function applyContract(
  query: ContractQuery,
  found: readonly SourceColumn[],
  previous: Manifest | null,
): Contract {
  const known = knownColumns(query, previous);
  if (known.length === 0) return { columns: found, drift: [] };
  const isListed = query.columns !== undefined;
  const lasting = isListed ? known.filter(({ name }) => found.some((c) => c.name === name)) : known;
  const compared = new Map(
    lasting.map((column) => {
      const now = found.find(({ name }) => name === column.name);
      return [column.name, compareColumn(column, now)];
    }),
  );
  const added = found.filter(({ name }) => !isListed && !compared.has(name));
  const isKey = (name: string) => query.key.some((k) => k.toUpperCase() === name.toUpperCase());
  const isLeftOut = ({ name }: SourceColumn) => query.contract === 'discard' && !isKey(name);
  const drift: Drift[] = [
    ...[...compared.values()].flatMap((one) => one.drift ?? []),
    ...added.map((column): Drift => {
      const decision = isLeftOut(column) ? 'discarded' : 'evolved';
      return {
        column: column.name,
        change: 'added',
        from: null,
        to: declaredType(column),
        decision,
      };
    }),
    ...findRenamed(lasting, found),
  ];
  const decided = drift.map(
    (one): Drift => (query.contract === 'freeze' ? { ...one, decision: 'refused' } : one),
  );
  refuseDrift(query, decided);
  const read = found
    .filter((column) => !(added.includes(column) && isLeftOut(column)))
    .map((column) => compared.get(column.name)?.column ?? column);
  const dropped = [...compared.values()].filter(({ column }) => column.read === 'null');
  return { columns: [...read, ...dropped.map(({ column }) => column)], drift: decided };
}

import { quoteName } from '../model/sql-text.ts';
import type { CatalogColumn, CatalogTable } from './catalog-table.ts';

/** What a table says about how it could be extracted. */
export interface QueryProposal {
  readonly name: string;
  readonly table: string;
  /** Empty: nothing in the table looks like a key. */
  readonly key: readonly string[];
  /** Absent: nothing looks like a watermark; the table is read whole every time. */
  readonly watermark_column?: string;
  /** What a person should look at before using it. */
  readonly notes: readonly string[];
}

/**
 * Names that say when a row was changed, best first; the last ones say only when it came, so that changes to it would
 * not be seen.
 */
const CHANGED = [
  /^(updated|modified|changed)_?(at|on|ts|time|date|timestamp)$/i,
  /^(last_)(updated|modified|changed|update|change)(_?(at|on|ts|time|date|timestamp))?$/i,
  /^(update|modify|modification|change)_?(ts|time|date|timestamp)$/i,
  /_(updated|modified|changed)_?(at|on|ts)$/i,
  /^(_?synced|_fivetran_synced|systemmodstamp|lastmodifieddate)$/i,
];
const CAME = [
  /^(created|inserted|loaded|ingested)_?(at|on|ts|time|date|timestamp)$/i,
  /^(event|occurred|recorded)_?(at|ts|time|timestamp)$/i,
];

const isTimed = ({ type }: CatalogColumn) => /^(TIMESTAMP|DATE)/.test(type);

function byName(columns: readonly CatalogColumn[], patterns: readonly RegExp[]) {
  for (const pattern of patterns) {
    const found = columns.filter((column) => isTimed(column) && pattern.test(column.name));
    if (found.length === 1) return found[0];
  }
  return undefined;
}

function proposeWatermark({ columns }: CatalogTable) {
  const changed = byName(columns, CHANGED);
  if (changed !== undefined) return { column: changed, notes: nullNote(changed) };
  const came = byName(columns, CAME);
  if (came === undefined) {
    return {
      column: undefined,
      notes: ['no watermark column: the whole table is read every time'],
    };
  }
  const note = `${came.name} says when a row came: changes to rows that are there already are not seen`;
  return { column: came, notes: [note, ...nullNote(came)] };
}

const nullNote = ({ name, nullable }: CatalogColumn): string[] =>
  nullable ? [`${name} may be NULL: such rows are read with every window`] : [];

/** A declared key; else the one column that is named as one and is never NULL. */
function proposeKey({ name, primaryKey, columns }: CatalogTable) {
  if (primaryKey.length > 0) return { key: primaryKey, notes: [] };
  const singular = name.replace(/ies$/i, 'y').replace(/s$/i, '');
  const wanted = [`${singular}_ID`, `${name}_ID`, 'ID'].map((one) => one.toUpperCase());
  const found = wanted
    .map((one) => columns.find((column) => column.name.toUpperCase() === one && !column.nullable))
    .find((column) => column !== undefined);
  if (found === undefined) return { key: [], notes: ['no primary key is declared: name the key'] };
  return { key: [found.name], notes: [`${found.name} is taken for the key by its name alone`] };
}

/** A name as pipeline.yml takes them: lower case, plain. */
export const queryName = (table: string): string => {
  const plain = table.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
  return (/^[a-z]/.test(plain) ? plain : `t_${plain}`).slice(0, 63);
};

const isPlain = (name: string) => /^[A-Z_][A-Z0-9_$]*$/.test(name);
const identifier = (name: string) => (isPlain(name) ? name : quoteName(name));

/** How a table could be extracted, judged by its catalog entry. */
export function proposeQuery(table: CatalogTable): QueryProposal {
  const { key, notes } = proposeKey(table);
  const watermark = proposeWatermark(table);
  return {
    name: queryName(table.name),
    table: `${identifier(table.schema)}.${identifier(table.name)}`,
    key,
    ...(watermark.column === undefined ? {} : { watermark_column: watermark.column.name }),
    notes: [...notes, ...watermark.notes],
  };
}

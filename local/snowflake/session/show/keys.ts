import type { Constraint, TableObject } from '../../catalog/model.ts';
import { integerColumn, textColumn, timeColumn, wireTime } from '../answer.ts';
import type { ShowOptions } from '../parse/show.ts';
import type { SessionState } from '../session-state.ts';
import { namedRelations, place } from './relations.ts';
import type { Cell, ShowKind, ShowRow } from './show.ts';

function keyRows(session: SessionState, options: ShowOptions, kind: Constraint['kind']): ShowRow[] {
  return namedRelations(session, options).flatMap((table) => {
    if (table.kind !== 'TABLE') return [];
    return table.constraints
      .filter((each) => each.kind === kind)
      .flatMap((each) =>
        each.columns.map((column, at) => ({
          ...place(table),
          cells: [
            wireTime(table.createdAt),
            table.database,
            table.schema,
            table.name,
            column,
            String(at + 1),
            each.name,
            'false',
            '',
          ],
        })),
      );
  });
}

const KEY_COLUMNS = [
  timeColumn('created_on'),
  ...['database_name', 'schema_name', 'table_name', 'column_name'].map(textColumn),
  integerColumn('key_sequence'),
  ...['constraint_name', 'rely', 'comment'].map(textColumn),
];

/** https://docs.snowflake.com/en/sql-reference/sql/show-primary-keys */
export const PRIMARY_KEYS: ShowKind = {
  words: ['PRIMARY', 'KEYS'],
  level: 'schema',
  columns: KEY_COLUMNS,
  rows: (session, options) => keyRows(session, options, 'PRIMARY KEY'),
};

export const UNIQUE_KEYS: ShowKind = {
  words: ['UNIQUE', 'KEYS'],
  level: 'schema',
  columns: KEY_COLUMNS,
  rows: (session, options) => keyRows(session, options, 'UNIQUE'),
};

/** Foreign keys are shown as declared, whatever they refer to. */
function foreignKeyRows(session: SessionState, options: ShowOptions): ShowRow[] {
  return namedRelations(session, options).flatMap((table) => {
    if (table.kind !== 'TABLE') return [];
    const keys = table.constraints.filter(({ kind }) => kind === 'FOREIGN KEY');
    return keys.flatMap((each) =>
      each.columns.map((_, at) => ({
        ...place(table),
        cells: foreignKeyCells(session, table, each, at),
      })),
    );
  });
}

function foreignKeyCells(
  session: SessionState,
  table: TableObject,
  { name, columns, references }: Constraint,
  at: number,
): Cell[] {
  const to = session.qualify(references?.table ?? [], table.database, table.schema);
  return [
    wireTime(table.createdAt),
    to?.database ?? null,
    to?.schema ?? null,
    to?.name ?? null,
    references?.columns[at] ?? null,
    table.database,
    table.schema,
    table.name,
    columns[at] ?? null,
    String(at + 1),
    'NO ACTION',
    'NO ACTION',
    name,
    null,
    'NOT DEFERRABLE',
    'false',
    '',
  ];
}

const FOREIGN_KEY_COLUMNS = [
  timeColumn('created_on'),
  ...['pk_database_name', 'pk_schema_name', 'pk_table_name', 'pk_column_name'].map(textColumn),
  ...['fk_database_name', 'fk_schema_name', 'fk_table_name', 'fk_column_name'].map(textColumn),
  integerColumn('key_sequence'),
  ...['update_rule', 'delete_rule', 'fk_name', 'pk_name'].map(textColumn),
  ...['deferrability', 'rely', 'comment'].map(textColumn),
];

/** https://docs.snowflake.com/en/sql-reference/sql/show-imported-keys */
export const IMPORTED_KEYS: ShowKind = {
  words: ['IMPORTED', 'KEYS'],
  level: 'schema',
  columns: FOREIGN_KEY_COLUMNS,
  rows: foreignKeyRows,
};

/** Keys of other tables that refer to the named one. */
export const EXPORTED_KEYS: ShowKind = {
  words: ['EXPORTED', 'KEYS'],
  level: 'schema',
  columns: FOREIGN_KEY_COLUMNS,
  rows: (session, options) => {
    const named = new Set(namedRelations(session, options).map(({ name }) => name));
    const all = foreignKeyRows(session, { ...options, within: null });
    return all.filter(({ cells }) => named.has(cells[3] ?? ''));
  },
};

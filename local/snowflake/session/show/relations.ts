import type { CatalogColumn, RelationObject, TableObject } from '../../catalog/model.ts';
import type { SnowflakeType } from '../../types.ts';
import { MAX_TEXT_LENGTH } from '../../types.ts';
import { integerColumn, textColumn, timeColumn, wireTime } from '../answer.ts';
import type { ShowOptions } from '../parse/show.ts';
import { physicalName } from '../scope.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { defaultText } from '../statements/describe.ts';
import { flag, onOff, type ShowKind, type ShowRow } from './show.ts';

export function place({ name, database, schema }: RelationObject) {
  return { name, database, schema };
}

const KINDS = { permanent: 'TABLE', transient: 'TRANSIENT', temporary: 'TEMPORARY' } as const;

function allTables(session: SessionState): TableObject[] {
  return [...session.engine.catalog.list('TABLE'), ...session.temporaryTables];
}

/** Rows of each table now, by id, as this session sees them. */
async function rowCounts(session: SessionState, tables: readonly TableObject[]) {
  if (tables.length === 0) return new Map<number, string>();
  const counts = tables.map(
    (table) => `SELECT ${table.id} AS id, (SELECT count(*) FROM ${physicalName(table)}) AS n`,
  );
  const rows = await session.transaction.read((connection) =>
    connection.rows(counts.join(' UNION ALL ')),
  );
  return new Map(rows.map(({ id, n }) => [Number(id), String(n)]));
}

/**
 * https://docs.snowflake.com/en/sql-reference/sql/show-tables; the size in bytes is not known here.
 */
export const TABLES: ShowKind = {
  words: ['TABLES'],
  level: 'schema',
  isTerseToo: true,
  columns: [
    timeColumn('created_on'),
    ...['name', 'database_name', 'schema_name', 'kind', 'comment', 'cluster_by'].map(textColumn),
    integerColumn('rows'),
    integerColumn('bytes'),
    ...['owner', 'retention_time', 'automatic_clustering', 'change_tracking'].map(textColumn),
  ],
  async rows(session) {
    const tables = allTables(session);
    const counts = await rowCounts(session, tables);
    return tables.map((table) => ({
      ...place(table),
      cells: [
        wireTime(table.createdAt),
        table.name,
        table.database,
        table.schema,
        KINDS[table.persistence],
        table.comment ?? '',
        table.clusterBy ? `LINEAR${table.clusterBy}` : '',
        counts.get(table.id) ?? null,
        null,
        table.owner,
        String(table.retentionDays),
        'OFF',
        onOff(table.isChangeTracked),
      ],
    }));
  },
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-views */
export const VIEWS: ShowKind = {
  words: ['VIEWS'],
  level: 'schema',
  isTerseToo: true,
  columns: [
    timeColumn('created_on'),
    ...['name', 'reserved', 'database_name', 'schema_name', 'owner', 'comment', 'text'].map(
      textColumn,
    ),
    ...['is_secure', 'is_materialized'].map(textColumn),
  ],
  rows: ({ engine }) =>
    engine.catalog.list('VIEW').map((view) => ({
      ...place(view),
      cells: [
        wireTime(view.createdAt),
        view.name,
        '',
        view.database,
        view.schema,
        view.owner,
        view.comment ?? '',
        view.text,
        String(view.isSecure),
        'false',
      ],
    })),
};

/** The JSON that SHOW COLUMNS gives as data_type. */
function typeJson({ name, precision, scale, length }: SnowflakeType, nullable: boolean): string {
  if (name === 'NUMBER') return JSON.stringify({ type: 'FIXED', precision, scale, nullable });
  if (name === 'FLOAT') return JSON.stringify({ type: 'REAL', nullable });
  if (name === 'TEXT') {
    const characters = length ?? MAX_TEXT_LENGTH;
    const byteLength = Math.min(characters * 4, MAX_TEXT_LENGTH);
    return JSON.stringify({ type: name, length: characters, byteLength, nullable, fixed: false });
  }
  if (name === 'BINARY') {
    return JSON.stringify({ type: name, length, byteLength: length, nullable, fixed: true });
  }
  const isTimed = scale !== undefined;
  return JSON.stringify(
    isTimed ? { type: name, precision: 0, scale, nullable } : { type: name, nullable },
  );
}

function columnRow(relation: RelationObject, column: CatalogColumn): ShowRow {
  return {
    ...place(relation),
    name: column.name,
    cells: [
      relation.name,
      relation.schema,
      column.name,
      typeJson(column.type, column.nullable),
      column.nullable ? 'true' : 'NOT_NULL',
      defaultText(column) ?? '',
      'COLUMN',
      '',
      column.comment ?? '',
      relation.database,
      column.identity ? defaultText(column) : '',
    ],
  };
}

/** The relations of IN TABLE t or IN VIEW v; every one otherwise. */
export function namedRelations(session: SessionState, { within }: ShowOptions): RelationObject[] {
  if (within?.kind === 'TABLE' || within?.kind === 'VIEW') {
    const found = session.findRelation(within.parts);
    if (!found) throw missingObject(session, 'Table', within.parts);
    return [found];
  }
  return [...allTables(session), ...session.engine.catalog.list('VIEW')];
}

/** https://docs.snowflake.com/en/sql-reference/sql/show-columns */
export const COLUMNS: ShowKind = {
  words: ['COLUMNS'],
  level: 'schema',
  columns: [
    'table_name',
    'schema_name',
    'column_name',
    'data_type',
    'null?',
    'default',
    'kind',
    'expression',
    'comment',
    'database_name',
    'autoincrement',
  ].map(textColumn),
  rows: (session, options) =>
    namedRelations(session, options).flatMap((relation) =>
      relation.columns.map((column) => columnRow(relation, column)),
    ),
};

/**
 * https://docs.snowflake.com/en/sql-reference/sql/show-sequences; the next value is not known here.
 */
export const SEQUENCES: ShowKind = {
  words: ['SEQUENCES'],
  level: 'schema',
  columns: [
    ...['name', 'database_name', 'schema_name'].map(textColumn),
    integerColumn('next_value'),
    integerColumn('interval'),
    timeColumn('created_on'),
    ...['owner', 'comment', 'ordered'].map(textColumn),
  ],
  rows: ({ engine }) =>
    engine.catalog.list('SEQUENCE').map((each) => ({
      ...{ name: each.name, database: each.database, schema: each.schema },
      cells: [
        each.name,
        each.database,
        each.schema,
        null,
        String(each.increment),
        wireTime(each.createdAt),
        each.owner,
        each.comment ?? '',
        flag(each.isOrdered),
      ],
    })),
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-objects */
export const OBJECTS: ShowKind = {
  words: ['OBJECTS'],
  level: 'schema',
  isTerseToo: true,
  columns: [
    timeColumn('created_on'),
    ...['name', 'database_name', 'schema_name', 'kind', 'comment', 'cluster_by'].map(textColumn),
    integerColumn('rows'),
    integerColumn('bytes'),
    ...['owner', 'retention_time'].map(textColumn),
  ],
  async rows(session) {
    const tables = allTables(session);
    const counts = await rowCounts(session, tables);
    const relations: RelationObject[] = [...tables, ...session.engine.catalog.list('VIEW')];
    return relations.map((relation) => {
      const table = relation.kind === 'TABLE' ? relation : undefined;
      return {
        ...place(relation),
        cells: [
          wireTime(relation.createdAt),
          relation.name,
          relation.database,
          relation.schema,
          table ? KINDS[table.persistence] : 'VIEW',
          relation.comment ?? '',
          table?.clusterBy ? `LINEAR${table.clusterBy}` : '',
          counts.get(relation.id) ?? null,
          null,
          relation.owner,
          table ? String(table.retentionDays) : null,
        ],
      };
    });
  },
};

import type { DatabaseObject, SchemaObject } from '../../catalog/model.ts';
import { integerColumn, textColumn, timeColumn, wireTime } from '../answer.ts';
import { flag, type ShowKind } from './show.ts';

/** https://docs.snowflake.com/en/sql-reference/sql/show-databases */
export const DATABASES: ShowKind = {
  words: ['DATABASES'],
  level: 'account',
  isTerseToo: true,
  columns: [
    timeColumn('created_on'),
    ...['name', 'is_default', 'is_current', 'origin', 'owner', 'comment', 'options'].map(
      textColumn,
    ),
    textColumn('retention_time'),
    textColumn('kind'),
  ],
  rows: (session) =>
    session.engine.catalog.list('DATABASE').map((database: DatabaseObject) => ({
      name: database.name,
      database: null,
      schema: null,
      cells: [
        wireTime(database.createdAt),
        database.name,
        'N',
        flag(database.name === session.context.database),
        '',
        database.owner,
        database.comment ?? '',
        database.isTransient ? 'TRANSIENT' : '',
        String(database.retentionDays),
        'STANDARD',
      ],
    })),
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-schemas */
export const SCHEMAS: ShowKind = {
  words: ['SCHEMAS'],
  level: 'database',
  isTerseToo: true,
  columns: [
    timeColumn('created_on'),
    ...['name', 'is_default', 'is_current', 'database_name', 'owner', 'comment', 'options'].map(
      textColumn,
    ),
    textColumn('retention_time'),
  ],
  rows: ({ engine, context }) =>
    engine.catalog.list('SCHEMA').map((schema: SchemaObject) => ({
      name: schema.name,
      database: schema.database,
      schema: null,
      cells: [
        wireTime(schema.createdAt),
        schema.name,
        'N',
        flag(schema.database === context.database && schema.name === context.schema),
        schema.database,
        schema.owner,
        schema.comment ?? '',
        schema.isTransient ? 'TRANSIENT' : '',
        String(schema.retentionDays),
      ],
    })),
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-warehouses */
export const WAREHOUSES: ShowKind = {
  words: ['WAREHOUSES'],
  level: 'account',
  columns: [
    ...['name', 'state', 'type', 'size'].map(textColumn),
    ...['running', 'queued'].map(integerColumn),
    ...['is_default', 'is_current'].map(textColumn),
    integerColumn('auto_suspend'),
    textColumn('auto_resume'),
    timeColumn('created_on'),
    timeColumn('updated_on'),
    ...['owner', 'comment'].map(textColumn),
  ],
  rows: ({ engine, context }) =>
    engine.catalog.list('WAREHOUSE').map((each) => ({
      name: each.name,
      database: null,
      schema: null,
      cells: [
        each.name,
        each.isSuspended ? 'SUSPENDED' : 'STARTED',
        'STANDARD',
        each.size,
        '0',
        '0',
        'N',
        flag(each.name === context.warehouse),
        each.autoSuspendSeconds === null ? null : String(each.autoSuspendSeconds),
        String(each.autoResume),
        wireTime(each.createdAt),
        wireTime(each.alteredAt),
        each.owner,
        each.comment ?? '',
      ],
    })),
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-roles */
export const ROLES: ShowKind = {
  words: ['ROLES'],
  level: 'account',
  columns: [
    timeColumn('created_on'),
    ...['name', 'is_default', 'is_current', 'is_inherited', 'owner', 'comment'].map(textColumn),
  ],
  rows: ({ engine, context }) =>
    engine.catalog.list('ROLE').map((each) => ({
      name: each.name,
      database: null,
      schema: null,
      cells: [
        wireTime(each.createdAt),
        each.name,
        'N',
        flag(each.name === context.role),
        'N',
        each.owner,
        each.comment ?? '',
      ],
    })),
};

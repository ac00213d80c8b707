import type { CatalogObject } from '../../catalog/model.ts';
import { optionOf } from '../../copy/file-format.ts';
import { textColumn, timeColumn, wireTime } from '../answer.ts';
import { describedOptions } from '../statements/file-format.ts';
import { flag, type ShowKind } from './show.ts';

const place = ({ name, database, schema }: CatalogObject) => ({ name, database, schema });

/** https://docs.snowflake.com/en/sql-reference/sql/show-stages */
export const STAGES: ShowKind = {
  words: ['STAGES'],
  level: 'schema',
  columns: [
    timeColumn('created_on'),
    ...['name', 'database_name', 'schema_name', 'url', 'has_credentials'].map(textColumn),
    ...['has_encryption_key', 'owner', 'comment', 'region', 'type', 'cloud'].map(textColumn),
    ...['notification_channel', 'storage_integration', 'endpoint', 'owner_role_type'].map(
      textColumn,
    ),
    textColumn('directory_enabled'),
  ],
  rows: (session) =>
    session.list('STAGE').map((stage) => ({
      ...place(stage),
      cells: [
        wireTime(stage.createdAt),
        stage.name,
        stage.database,
        stage.schema,
        stage.url ?? '',
        flag(stage.credentials !== null),
        'N',
        stage.owner,
        stage.comment ?? '',
        null,
        `${stage.url === null ? 'INTERNAL' : 'EXTERNAL'}${stage.isTemporary ? ' TEMPORARY' : ''}`,
        stage.url === null ? null : 'AWS',
        null,
        stage.integration,
        null,
        'ROLE',
        flag(stage.hasDirectory),
      ],
    })),
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-file-formats */
export const FILE_FORMATS: ShowKind = {
  words: ['FILE', 'FORMATS'],
  level: 'schema',
  columns: [
    timeColumn('created_on'),
    ...['name', 'database_name', 'schema_name', 'type', 'owner', 'comment'].map(textColumn),
    ...['format_options', 'owner_role_type'].map(textColumn),
  ],
  rows: (session) =>
    session.list('FILE FORMAT').map((object) => ({
      ...place(object),
      cells: [
        wireTime(object.createdAt),
        object.name,
        object.database,
        object.schema,
        object.format.type,
        object.owner,
        object.comment ?? '',
        JSON.stringify(
          Object.fromEntries(
            describedOptions(object.format).map(([name]) => [
              name,
              name === 'TYPE' ? object.format.type : optionOf(object.format, name),
            ]),
          ),
        ),
        'ROLE',
      ],
    })),
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-integrations */
export const INTEGRATIONS: ShowKind = {
  words: ['INTEGRATIONS'],
  level: 'account',
  columns: [
    ...['name', 'type', 'category', 'enabled', 'comment'].map(textColumn),
    timeColumn('created_on'),
  ],
  rows: (session) =>
    session.list('INTEGRATION').map((object) => ({
      ...place(object),
      cells: [
        object.name,
        'EXTERNAL_STAGE',
        'STORAGE',
        String(object.isEnabled),
        object.comment ?? '',
        wireTime(object.createdAt),
      ],
    })),
};

export const STORAGE_INTEGRATIONS: ShowKind = {
  ...INTEGRATIONS,
  words: ['STORAGE', 'INTEGRATIONS'],
};

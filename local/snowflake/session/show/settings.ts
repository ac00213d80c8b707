import { textColumn } from '../answer.ts';
import { PARAMETERS } from '../parameters.ts';
import type { ShowKind } from './show.ts';

const TYPES: Readonly<Record<string, string>> = {
  string: 'STRING',
  number: 'NUMBER',
  boolean: 'BOOLEAN',
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-parameters; those of the session only. */
export const SHOW_PARAMETERS: ShowKind = {
  words: ['PARAMETERS'],
  level: 'account',
  columns: ['key', 'value', 'default', 'level', 'description', 'type'].map(textColumn),
  rows: ({ parameters }) =>
    Object.entries(PARAMETERS).map(([name, { value, description }]) => ({
      name,
      database: null,
      schema: null,
      cells: [
        name,
        String(parameters.get(name)),
        String(value),
        parameters.isSet(name) ? 'SESSION' : '',
        description,
        TYPES[typeof value] ?? 'STRING',
      ],
    })),
};

/** https://docs.snowflake.com/en/sql-reference/sql/show-variables */
export const SHOW_VARIABLES: ShowKind = {
  words: ['VARIABLES'],
  level: 'account',
  columns: ['session_id', 'name', 'value', 'type', 'comment'].map(textColumn),
  rows: ({ id, variables }) =>
    [...variables].map(([name, { text, type, comment }]) => ({
      name,
      database: null,
      schema: null,
      cells: [String(id), name, text, type, comment ?? ''],
    })),
};

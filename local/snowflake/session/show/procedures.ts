import { signature } from '../../scripting/procedure.ts';
import { integerColumn, textColumn, timeColumn, wireTime } from '../answer.ts';
import type { ShowKind } from './show.ts';

/** https://docs.snowflake.com/en/sql-reference/sql/show-procedures */
export const PROCEDURES: ShowKind = {
  words: ['PROCEDURES'],
  level: 'schema',
  columns: [
    timeColumn('created_on'),
    ...['name', 'schema_name', 'is_builtin', 'is_aggregate', 'is_ansi'].map(textColumn),
    ...['min_num_arguments', 'max_num_arguments'].map(integerColumn),
    ...['arguments', 'description', 'catalog_name'].map(textColumn),
  ],
  rows: ({ engine }) =>
    engine.catalog.list('PROCEDURE').map((each) => ({
      ...{ name: each.name, database: each.database, schema: each.schema },
      cells: [
        wireTime(each.createdAt),
        each.name,
        each.schema,
        ...['N', 'N', 'N'],
        String(each.args.filter(({ defaultText }) => defaultText === null).length),
        String(each.args.length),
        signature(each),
        each.comment ?? 'user-defined procedure',
        each.database,
      ],
    })),
};

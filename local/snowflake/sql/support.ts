import { FAMILIES } from './functions/registry.ts';
import { TABLE_FUNCTIONS } from './query/table-functions.ts';

/** One thing the translation supports, for the printed list. */
export interface Supported {
  readonly kind: 'statement' | 'clause' | 'type' | 'function' | 'table function';
  readonly name: string;
  /** What differs from Snowflake. */
  readonly note?: string;
}

const STATEMENTS: readonly Supported[] = [
  { kind: 'statement', name: 'SELECT' },
  { kind: 'statement', name: 'VALUES' },
  {
    kind: 'statement',
    name: 'WITH',
    note: 'recursion widens NUMBER and VARCHAR columns of its first branch',
  },
  { kind: 'statement', name: 'INSERT', note: 'also OVERWRITE, ALL and FIRST' },
  { kind: 'statement', name: 'UPDATE', note: 'also FROM' },
  { kind: 'statement', name: 'DELETE', note: 'also USING' },
  { kind: 'statement', name: 'MERGE', note: 'several WHEN; not ALL BY NAME' },
];

const CLAUSES: readonly Supported[] = [
  'JOIN … ON, USING, NATURAL, LATERAL',
  'GROUP BY with ROLLUP, CUBE, GROUPING SETS, ALL',
  'HAVING',
  'QUALIFY',
  'ORDER BY … NULLS FIRST or LAST',
  'LIMIT, OFFSET, FETCH, TOP',
  'UNION, INTERSECT, EXCEPT, MINUS, UNION BY NAME',
  'ORDER BY ALL',
  'EXCLUDE, RENAME, REPLACE after *',
  'PIVOT … IN (values, ANY, a query), DEFAULT ON NULL',
  'UNPIVOT, INCLUDE NULLS',
  'OVER',
  'WITHIN GROUP',
  'IDENTIFIER(), session variables',
  'paths into VARIANT: v:a.b[0], $1:a, {…}:a',
  'columns by position: $1 over VALUES, subqueries and stages',
].map((name) => ({ kind: 'clause', name }));

const TYPES: readonly Supported[] = [
  { kind: 'type', name: 'NUMBER' },
  { kind: 'type', name: 'FLOAT' },
  { kind: 'type', name: 'VARCHAR' },
  { kind: 'type', name: 'BOOLEAN' },
  { kind: 'type', name: 'DATE' },
  { kind: 'type', name: 'TIME' },
  { kind: 'type', name: 'TIMESTAMP_NTZ', note: 'years 1677 to 2262' },
  { kind: 'type', name: 'TIMESTAMP_LTZ', note: 'years 1677 to 2262' },
  { kind: 'type', name: 'TIMESTAMP_TZ', note: 'years 1677 to 2262' },
  { kind: 'type', name: 'BINARY' },
  {
    kind: 'type',
    name: 'VARIANT, OBJECT, ARRAY',
    note: 'kept as JSON: keys in written order, numbers with more than 17 digits after a point are rounded',
  },
];

/** Clauses of Snowflake that are refused by name, or as a syntax error. */
export const REFUSED_CLAUSES: readonly string[] = [
  'SAMPLE, TABLESAMPLE',
  'MATCH_RECOGNIZE',
  'CONNECT BY',
  'ASOF JOIN',
  '* ILIKE',
  'PIVOT by values of the data in a view or CREATE TABLE … AS',
  'several aggregates in one PIVOT',
];

/** Everything the translation supports; what is not in it is refused. */
export function supported(): readonly Supported[] {
  const functions = FAMILIES.flatMap((family) =>
    Object.entries(family.functions).map(
      ([name, { note }]): Supported => ({
        kind: 'function',
        name,
        ...(note === undefined ? {} : { note }),
      }),
    ),
  );
  const tables = Object.keys(TABLE_FUNCTIONS).map(
    (name): Supported => ({ kind: 'table function', name }),
  );
  return [...STATEMENTS, ...CLAUSES, ...TYPES, ...functions, ...tables];
}

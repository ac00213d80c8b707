import { unsupported, valueCount } from '../errors.ts';
import type { Lowering, TypedQuery } from '../expression/lowering.ts';
import { quoteName, typed } from '../expression/typed.ts';
import type { ScopeColumn } from '../scope.ts';
import {
  type Fields,
  fieldsOf,
  kindOf,
  type Node,
  names,
  node,
  nodes,
  only,
  optionalNode,
  record,
} from '../syntax/node.ts';
import type { DmlStep, TranslatedDml } from '../translate.ts';
import { assigned, columnList, findTarget, type Target, targetColumns } from './target.ts';

const INSERTED = 'number of rows inserted';
const OVERWRITE_TABLE = '"_sf_overwrite"';

/** INSERT … VALUES and INSERT … SELECT, also OVERWRITE. */
export function lowerInsert(fields: Fields, lowering: Lowering): TranslatedDml {
  only('INSERT', fields, ['table', 'columns', 'values', 'query', 'overwrite', 'with']);
  const target = findTarget(record(fields, 'table') ?? {}, lowering);
  const columns = targetColumns(target, names(fields, 'columns'));
  return insertInto(target, columns, source(fields, columns, lowering), fields.overwrite === true);
}

function source(fields: Fields, columns: readonly ScopeColumn[], lowering: Lowering): string {
  const query = optionalNode(fields, 'query');
  if (query) {
    const clause = record(fields, 'with');
    const whole = clause ? withClause(query, clause) : query;
    return insertQuery(lowering.query(whole), columns, lowering);
  }
  const rows = (fields.values ?? []) as readonly (readonly Node[])[];
  return `VALUES ${rows.map((row) => `(${insertRow(row, columns, lowering)})`).join(', ')}`;
}

/** `WITH … ` before the INSERT's SELECT, wherever the parser put it. */
function withClause(query: Node, clause: Fields): Node {
  return { [kindOf(query)]: { ...fieldsOf(query), with: clause } };
}

function insertRow(
  row: readonly Node[],
  columns: readonly ScopeColumn[],
  lowering: Lowering,
): string {
  if (row.length !== columns.length) throw valueCount(columns.length, row.length);
  const cells = row.map((cell, index) => {
    if (isDefault(cell)) return 'DEFAULT';
    const column = columns[index];
    return column ? assigned(lowering.expression(cell), column, lowering) : '';
  });
  return cells.join(', ');
}

function isDefault(cell: Node): boolean {
  return kindOf(cell) === 'var' && String(fieldsOf(cell).this).toUpperCase() === 'DEFAULT';
}

/**
 * A query's rows as the columns keep them. @throws SnowflakeError 002520 when the numbers differ.
 */
export function insertQuery(
  query: TypedQuery,
  columns: readonly ScopeColumn[],
  lowering: Lowering,
): string {
  if (query.columns.length !== columns.length) {
    throw valueCount(columns.length, query.columns.length);
  }
  const inner = query.columns.map((_, index) => quoteName(`_sf_${index}`));
  const items = query.columns.map((given, index) => {
    const column = columns[index];
    const value = typed(`"_sf_rows".${inner[index]}`, given.type);
    return column ? assigned(value, column, lowering) : value.sql;
  });
  const isPlain = items.every((sql, index) => sql === `"_sf_rows".${inner[index]}`);
  if (isPlain) return query.sql;
  return `SELECT ${items.join(', ')} FROM (${query.sql}) AS "_sf_rows"(${inner.join(', ')})`;
}

/** INSERT OVERWRITE keeps the rows aside first: its query may read the table. */
export function insertInto(
  target: Target,
  columns: readonly ScopeColumn[],
  rows: string,
  overwrite: boolean,
): TranslatedDml {
  const { duckdbName } = target.relation;
  const head = `INSERT INTO ${duckdbName} (${columnList(columns)})`;
  const base = { kind: 'insert', targets: [target.parts], checks: [] } as const;
  if (!overwrite) {
    return {
      ...base,
      steps: [{ sql: `${head} ${rows}`, rows: 'changes' }],
      counts: [{ column: INSERTED, from: { step: 0 } }],
    };
  }
  if (rows.startsWith('VALUES')) return overwriteValues(base, target, `${head} ${rows}`);
  return {
    ...base,
    steps: [
      { sql: `CREATE OR REPLACE TEMP TABLE ${OVERWRITE_TABLE} AS ${rows}`, rows: 'none' },
      deleteAll(target),
      { sql: `${head} SELECT * FROM ${OVERWRITE_TABLE}`, rows: 'changes' },
      { sql: `DROP TABLE ${OVERWRITE_TABLE}`, rows: 'none' },
    ],
    counts: [{ column: INSERTED, from: { step: 2 } }],
  };
}

function deleteAll({ relation, alias }: Target): DmlStep {
  const { duckdbName } = relation;
  const from = `FROM ${duckdbName} AS ${quoteName(alias)}`;
  return { sql: `DELETE FROM ${duckdbName}`, rows: 'none', dooms: { from, alias } };
}

function overwriteValues(
  base: Pick<TranslatedDml, 'kind' | 'targets' | 'checks'>,
  target: Target,
  insert: string,
): TranslatedDml {
  return {
    ...base,
    steps: [deleteAll(target), { sql: insert, rows: 'changes' }],
    counts: [{ column: INSERTED, from: { step: 1 } }],
  };
}

interface Branch {
  readonly into: Fields;
  /** The test of its WHEN; undefined without WHEN. */
  readonly test: string | undefined;
}

const BRANCH_TABLE = '"_sf_branches"';

/** INSERT ALL and INSERT FIRST: the source is kept aside, then one INSERT for each INTO. */
export function lowerMultiInsert(fields: Fields, lowering: Lowering): TranslatedDml {
  only('INSERT ALL', fields, ['expressions', 'kind', 'source', 'overwrite']);
  const query = lowering.query(node(fields, 'source'));
  lowering.frame.relations.push({ alias: '_sf_branches', columns: query.columns });
  const isFirst = String(fields.kind).toUpperCase() === 'FIRST';
  const branches = readBranches(nodes(fields, 'expressions'), isFirst, lowering);
  const inserts = branches.map((branch) => branchInsert(branch, lowering));
  return {
    kind: 'multi-insert',
    targets: inserts.map((insert) => insert.target.parts),
    checks: [],
    steps: [
      { sql: `CREATE OR REPLACE TEMP TABLE ${BRANCH_TABLE} AS ${query.sql}`, rows: 'none' },
      ...inserts.map(({ sql }) => ({ sql, rows: 'changes' }) as const),
      { sql: `DROP TABLE ${BRANCH_TABLE}`, rows: 'none' },
    ],
    counts: inserts.map(({ target }, index) => ({
      column: `${INSERTED} into ${target.parts.at(-1)}`,
      from: { step: index + 1 },
    })),
  };
}

/** Each INTO with the test of its WHEN: an INTO without one shares the test before it. */
function readBranches(list: readonly Node[], isFirst: boolean, lowering: Lowering): Branch[] {
  const tests: string[] = [];
  let current: string | undefined;
  return list.map((item) => {
    const fields = only('INSERT ALL', fieldsOf(item), ['this', 'expression', 'else_']);
    const when = optionalNode(fields, 'expression');
    if (when) {
      const test = `COALESCE(${lowering.sqlAs(lowering.expression(when), { name: 'BOOLEAN' })}, FALSE)`;
      const earlier = tests.map((each) => `NOT ${each}`);
      current = (isFirst ? [...earlier, test] : [test]).join(' AND ');
      tests.push(test);
    } else if (fields.else_) {
      current = tests.map((each) => `NOT ${each}`).join(' AND ');
    }
    return { into: fieldsOf(node(fields, 'this')), test: current };
  });
}

function branchInsert({ into, test }: Branch, lowering: Lowering) {
  only('INTO', into, ['table', 'columns', 'values']);
  const target = findTarget(record(into, 'table') ?? {}, lowering);
  const columns = targetColumns(target, names(into, 'columns'));
  const [given] = (into.values ?? []) as readonly (readonly Node[])[];
  const values = given
    ? given.map((cell) => {
        if (isDefault(cell)) throw unsupported('DEFAULT in INSERT ALL');
        return lowering.expression(cell);
      })
    : (lowering.frame.relations[0]?.columns ?? []).map((column) =>
        typed(`"_sf_branches".${quoteName(column.name)}`, column.type),
      );
  if (values.length !== columns.length) throw valueCount(columns.length, values.length);
  const items = values.map((value, index) => {
    const column = columns[index];
    return column ? assigned(value, column, lowering) : value.sql;
  });
  const where = test === undefined ? '' : ` WHERE ${test}`;
  const sql = `INSERT INTO ${target.relation.duckdbName} (${columnList(columns)}) SELECT ${items.join(', ')} FROM ${BRANCH_TABLE} AS "_sf_branches"${where}`;
  return { target, sql };
}

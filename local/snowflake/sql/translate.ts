import { SnowflakeError } from '../statement.ts';
import type { SnowflakeType } from '../types.ts';
import { lowerInsert, lowerMultiInsert } from './dml/insert.ts';
import { lowerConstantInsert } from './dml/insert-constants.ts';
import { lowerMerge } from './dml/merge.ts';
import { lowerDelete, lowerUpdate } from './dml/update-delete.ts';
import { syntaxError, unsupported } from './errors.ts';
import { Lowering, type Rewrites } from './expression/lowering.ts';
import { quoteName } from './expression/typed.ts';
import { MACROS } from './functions/registry.ts';
import { fitColumns, lowerQuery } from './query/query.ts';
import { EXPRESSION_REWRITES } from './rewrites.ts';
import type { Scope, ScopeRelation, Translated } from './scope.ts';
import { expandTokens } from './syntax/expand.ts';
import { type Fields, fieldsOf, kindOf, type Node } from './syntax/node.ts';
import { normalize } from './syntax/normalize.ts';
import type { Normalized } from './syntax/normalized.ts';
import { loadParser, type Parse } from './syntax/parse.ts';
import { tokenize } from './tokenize.ts';
import { TEXT } from './types/names.ts';

/** An expression in DuckDB's dialect; `type` is null for a bare NULL. */
export interface TranslatedExpression {
  readonly sql: string;
  readonly type: SnowflakeType | null;
}

/** A query that must give no row; when it gives one, the statement is refused with the error. */
export interface DmlCheck {
  readonly sql: string;
  readonly error: SnowflakeError;
}

/** Rows of a target that a step is about to change or delete. */
export interface DoomedRows {
  /** DuckDB `FROM … [WHERE …]` that gives them. */
  readonly from: string;
  /** Alias of the target in it. */
  readonly alias: string;
}

/**
 * One statement to run. `rows` says where the number of rows is: DuckDB's change count, or one
 * returned row for each row changed whose `merge_action` is INSERT, UPDATE or DELETE, or nothing
 * to be counted.
 */
export interface DmlStep {
  readonly sql: string;
  readonly rows: 'changes' | 'merge_action' | 'none';
  /** Rows of the first target that will not be as they are. */
  readonly dooms?: DoomedRows;
}

/**
 * A column of the answer row: the count of a step (of one merge action), or a single-value query
 * run before.
 */
export interface DmlCount {
  readonly column: string;
  readonly from:
    | { readonly step: number; readonly action?: 'INSERT' | 'UPDATE' | 'DELETE' }
    | { readonly sql: string };
}

export interface TranslatedDml {
  readonly kind: 'insert' | 'update' | 'delete' | 'merge' | 'multi-insert';
  /** Folded name parts of the tables written to. */
  readonly targets: readonly (readonly string[])[];
  /** To be run first, in the same transaction. */
  readonly checks: readonly DmlCheck[];
  /** To be run in order, in one transaction. */
  readonly steps: readonly DmlStep[];
  /** Columns of the answer row, in order; all are NUMBER(38,0). */
  readonly counts: readonly DmlCount[];
}

export interface Translator {
  /** TEMP macros and settings to be run once on each connection before anything translated. */
  readonly macros: readonly string[];
  /** SELECT, WITH and VALUES. Binds are written into the text before (`substituteBinds`). */
  translateQuery(sql: string, scope: Scope): Translated;
  /** INSERT, multi-table INSERT, UPDATE, DELETE and MERGE. */
  translateDml(sql: string, scope: Scope): TranslatedDml;
  /**
   * One expression: a column default, a task's WHEN, a transformation of COPY. `row` gives the
   * columns it may name, also by position (`$1`); `target` is the type it is converted to, as
   * INSERT converts.
   */
  translateExpression(
    sql: string,
    scope: Scope,
    options?: { readonly row?: ScopeRelation; readonly target?: SnowflakeType },
  ): TranslatedExpression;
}

const REWRITES: Rewrites = { expressions: EXPRESSION_REWRITES, query: lowerQuery };

const DML: Readonly<Record<string, (fields: Fields, lowering: Lowering) => TranslatedDml>> = {
  insert: lowerInsert,
  multitable_inserts: lowerMultiInsert,
  update: lowerUpdate,
  merge: lowerMerge,
};

const NOTHING: Normalized = {
  source: '',
  text: '',
  literals: [],
  types: [],
  functions: [],
  travels: [],
  offsets: [],
};

const QUERY_STARTS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', '(']);

function translateQuery(parse: Parse, sql: string, scope: Scope): Translated {
  const [first] = tokenize(sql);
  if (!first || !QUERY_STARTS.has(first.value)) throw syntaxError(sql, 0, first?.text ?? '');
  const source = normalize(sql, scope);
  const lowering = new Lowering(scope, source, REWRITES);
  const query = lowerQuery(parse(source), lowering);
  const columns = query.columns.map((column) => ({ ...column, type: column.type ?? TEXT }));
  const untyped = query.columns.some((column) => column.type === null);
  return { sql: untyped ? fitColumns(query, columns, lowering, 'assign') : query.sql, columns };
}

function translateDml(parse: Parse, sql: string, scope: Scope): TranslatedDml {
  const tokens = expandTokens(sql, scope);
  const constant = lowerConstantInsert(tokens, new Lowering(scope, NOTHING, REWRITES));
  if (constant) return constant;
  const source = normalize(sql, scope);
  const statement = parse(source);
  const isDelete = kindOf(statement) === 'select' && /^DELETE$/i.test(tokenize(sql)[0]?.text ?? '');
  const lower = isDelete ? lowerDelete : DML[kindOf(statement)];
  if (!lower) throw unsupported(`statement ${kindOf(statement).replaceAll('_', ' ')}`);
  return lower(fieldsOf(statement), new Lowering(scope, source, REWRITES));
}

function translateExpression(
  parse: Parse,
  sql: string,
  scope: Scope,
  options: { readonly row?: ScopeRelation; readonly target?: SnowflakeType } = {},
): TranslatedExpression {
  const source = normalize(`SELECT ${sql}`, scope);
  const lowering = new Lowering(scope, source, REWRITES);
  if (options.row) {
    const { columns } = options.row;
    lowering.frame.relations.push({ alias: options.row.duckdbName, columns: columns.map(bare) });
  }
  const items = (fieldsOf(parse(source)).expressions ?? []) as readonly Node[];
  const [item] = items;
  if (!item || items.length > 1) {
    throw new SnowflakeError('001003', '42000', 'SQL compilation error:\none expression expected');
  }
  const expression = kindOf(item) === 'alias' ? (fieldsOf(item).this as Node) : item;
  const value = lowering.expression(expression);
  const found = options.target ? lowering.convert(value, options.target, 'assign') : value;
  return { sql: found.sql, type: found.type };
}

/** Columns of a row given from outside are named without a table. */
function bare(column: ScopeRelation['columns'][number]) {
  return { ...column, sql: quoteName(column.name) };
}

/** Loads the parser and gives the translator; one serves all sessions. */
export async function loadTranslator(): Promise<Translator> {
  const parse = await loadParser();
  return {
    macros: MACROS,
    translateQuery: (sql, scope) => translateQuery(parse, sql, scope),
    translateDml: (sql, scope) => translateDml(parse, sql, scope),
    translateExpression: (sql, scope, options) => translateExpression(parse, sql, scope, options),
  };
}

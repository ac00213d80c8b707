import type { SnowflakeError } from '../statement.ts';
import type { SnowflakeType } from '../types.ts';
import type { Scope, ScopeRelation, Translated } from './scope.ts';

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

/**
 * One statement to run. `rows` says where the number of rows is: DuckDB's change count, or one returned row for
 * each row changed whose `merge_action` is INSERT, UPDATE or DELETE, or nothing to be counted.
 */
export interface DmlStep {
  readonly sql: string;
  readonly rows: 'changes' | 'merge_action' | 'none';
}

/** A column of the answer row: the count of a step (of one merge action), or a single-value query run before. */
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
   * One expression: a column default, a task's WHEN, a transformation of COPY. `row` gives the columns it may
   * name, also by position (`$1`); `target` is the type it is converted to, as INSERT converts.
   */
  translateExpression(
    sql: string,
    scope: Scope,
    options?: { readonly row?: ScopeRelation; readonly target?: SnowflakeType },
  ): TranslatedExpression;
}

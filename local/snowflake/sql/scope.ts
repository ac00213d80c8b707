import type { SnowflakeType } from '../types.ts';
import type { Travel } from './syntax/travels.ts';

/**
 * What the SQL translation may ask of the session it runs in; the only border between sql/ and the
 * catalog.
 */

export interface ScopeColumn {
  readonly name: string;
  readonly type: SnowflakeType;
  readonly nullable: boolean;
}

export interface ScopeRelation {
  /** Quoted and qualified, ready to stand in DuckDB SQL. */
  readonly duckdbName: string;
  readonly columns: readonly ScopeColumn[];
  /** A query rather than a table: nothing can be written to it. */
  readonly isReadOnly?: boolean;
}

export type ScopeValue =
  | { readonly value: string | null; readonly type: SnowflakeType }
  /** DuckDB SQL of the value, where only the query itself can tell it. */
  | { readonly sql: string; readonly type: SnowflakeType };

export interface Scope {
  readonly user: string;
  readonly database: string | null;
  readonly schema: string | null;
  readonly warehouse: string | null;
  readonly role: string | null;
  /** Start of the statement; CURRENT_TIMESTAMP and its kin answer this. */
  readonly now: Date;
  /** Session parameter, upper-case name, for example TIMEZONE. */
  parameter(name: string): string | number | boolean | undefined;
  /** Value of a session variable (`$NAME`, upper-case) as a SQL literal in Snowflake's dialect. */
  variable(name: string): string | undefined;
  /**
   * A table, view or INFORMATION_SCHEMA view; `parts` are case-folded as Snowflake folds them, one
   * to three of them. With `travel` as it was then, or its changes.
   */
  relation(parts: readonly string[], travel?: Travel): ScopeRelation | undefined;
  /** DuckDB name of a sequence. */
  sequence(parts: readonly string[]): string | undefined;
  /** Id of an earlier query of the session: -1 the last, -2 the one before, 1 the first. */
  lastQueryId?(index: number): string | undefined;
  readonly sessionId?: string;
  /** Id of the open transaction. */
  readonly transactionId?: string;
  /**
   * A scalar function that the engine answers, SYSTEM$… for the most part: its literal arguments
   * in, the value out. Undefined when the engine has no such function.
   */
  systemFunction?(name: string, args: readonly string[]): ScopeValue | undefined;
  /**
   * A table function of the engine, for example INFORMATION_SCHEMA.COPY_HISTORY: arguments by
   * name, or by position as "1", "2", ….
   */
  tableFunction?(name: string, args: Readonly<Record<string, string>>): ScopeRelation | undefined;
  /**
   * The texts that a DuckDB query gives, for a translation that depends on data (PIVOT … IN (ANY)).
   * Undefined where nothing can be looked up. Throws what makes the engine look it up and translate
   * again.
   */
  lookUp?(sql: string): readonly string[] | undefined;
  /** Relation that holds the result of an earlier query, for RESULT_SCAN. */
  resultScan(queryId: string): ScopeRelation | undefined;
}

/**
 * A statement in DuckDB's dialect. `columns` are the output columns of a query; empty for other
 * statements.
 */
export interface Translated {
  readonly sql: string;
  readonly columns: readonly ScopeColumn[];
}

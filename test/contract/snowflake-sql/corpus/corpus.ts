/** One statement and what Snowflake answers, every cell as text, NULL as null. */
export interface CorpusCase {
  readonly sql: string;
  readonly rows: readonly (readonly (string | null)[])[];
  /** Names of the answer's columns, where they matter. */
  readonly columns?: readonly string[];
  /** Types of the answer's columns, where they matter. */
  readonly types?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A SELECT of one expression that answers one cell. */
export function expression(sql: string, value: string | null, type?: string): CorpusCase {
  return {
    sql: `select ${sql}`,
    rows: [[value]],
    ...(type === undefined ? {} : { types: [type] }),
  };
}

/** A SELECT of several expressions that answers one row. */
export function row(sql: string, ...values: (string | null)[]): CorpusCase {
  return { sql, rows: [values] };
}

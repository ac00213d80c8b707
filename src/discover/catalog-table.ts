/** A table as the source's catalog describes it. */
export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  readonly rows: number | null;
  /** Columns of its primary key, in order; empty when none is declared. */
  readonly primaryKey: readonly string[];
  readonly columns: readonly CatalogColumn[];
}

export interface CatalogColumn {
  readonly name: string;
  /** Snowflake's word, for example NUMBER, TEXT or TIMESTAMP_NTZ. */
  readonly type: string;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly nullable: boolean;
}

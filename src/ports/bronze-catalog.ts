import type { ManifestColumn } from '../model/manifest.ts';

export interface BronzePartition {
  /** YYYY-MM-DD */
  readonly extractDate: string;
  readonly runId: string;
}

export interface BronzeTable {
  /** Name of the extract query, which is the table's name too. */
  readonly query: string;
  /** Every column in the files, in order. */
  readonly columns: readonly ManifestColumn[];
  /** Absent when the window held no rows: the table is made known, no partition. */
  readonly partition?: BronzePartition;
}

/** Tables over the bronze files, for everything that asks a catalog. */
export interface BronzeCatalog {
  /** Makes a table and its partition known; doing it again changes nothing. */
  register(table: BronzeTable): Promise<void>;
}

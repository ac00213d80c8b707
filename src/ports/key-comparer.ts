import type { WrittenFile } from './file-writer.ts';
import type { SourceColumn } from './warehouse.ts';

/** Rows whose column has a value. */
export interface KeyFilter {
  readonly column: string;
  readonly value: string;
}

/** What is compared to find rows that went. */
export interface KeyComparison {
  /** Files that `saveKeys` or an earlier comparison has written. */
  readonly known: readonly string[];
  /** Every key of the source, as `Warehouse.savePartition` leaves it. */
  readonly partitions: readonly string[];
  /** Columns of the key, in the order of the partitions. */
  readonly key: readonly SourceColumn[];
  /** Columns of the file of deleted rows. */
  readonly columns: readonly SourceColumn[];
  /** Values of columns that are neither key nor null. */
  readonly values: Readonly<Record<string, string>>;
  readonly extractedAt: string;
  readonly sourceSystem: string;
}

/** Finds the rows that the source no longer has, by their keys. */
export interface KeyComparer {
  /** Writes the keys of a file's rows; those of rows in which `where` does not hold are left out. */
  saveKeys(
    file: string,
    key: readonly SourceColumn[],
    where: KeyFilter | null,
    path: string,
  ): Promise<void>;
  /** Writes a row for each known key that the source has no more, and every key of the source. */
  compareKeys(
    comparison: KeyComparison,
    paths: { readonly deleted: string; readonly keys: string },
  ): Promise<WrittenFile>;
}

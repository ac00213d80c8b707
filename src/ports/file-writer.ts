import type { ManifestColumn } from '../model/manifest.ts';
import type { RowProfile } from '../model/row-profile.ts';
import type { SourceColumn } from './warehouse.ts';

export interface FileContent {
  /** Files of rows as `Warehouse.savePartition` leaves them, in order. */
  readonly partitions: readonly string[];
  /** Columns of the rows, in order. */
  readonly columns: readonly SourceColumn[];
  /** Value of extraction_timestamp, ISO 8601 UTC. */
  readonly extractedAt: string;
  /** Value of source_system. */
  readonly sourceSystem: string;
}

export interface WrittenFile {
  readonly rows: number;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** What the file holds of the source's columns, read from the file itself. */
  readonly profile: RowProfile;
}

/** Writes rows of text as typed columnar files. */
export interface FileWriter {
  /** The columns its files have for the columns of a result; those it adds come last. */
  columnsOf(columns: readonly SourceColumn[]): readonly ManifestColumn[];
  /** Writes one file from partitions of a result. */
  write(content: FileContent, path: string): Promise<WrittenFile>;
}

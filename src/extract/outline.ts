import { textBytesOf } from '../model/estimate.ts';
import type { ExtractQuery } from '../model/pipeline.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import { planFiles, planParts } from './plan-files.ts';
import { planRanges } from './plan-ranges.ts';
import type { WindowReading } from './read-window.ts';

/** What an extraction would write, as far as it can be told without reading a row. */
export interface Outline {
  /** Folder of its objects; the run's date and id follow. */
  readonly prefix: string;
  readonly textBytes: number;
  readonly files: number;
  readonly parts: number;
  /** Null: the window is read by one statement. */
  readonly ranges: number | null;
}

/** Partitions of a result as Snowflake makes them, about; uncompressed. */
const PARTITION_BYTES = 16 * 1024 * 1024;

const BYTES_PER_MB = 1024 * 1024;

/** Guesses sizes from the columns' types, and from these the files and parts of a window. */
export async function outlineOf(
  warehouse: Warehouse,
  query: ExtractQuery,
  reading: WindowReading,
  rows: number,
): Promise<Outline> {
  const textBytes = rows * reading.columns.reduce((sum, column) => sum + textBytesOf(column), 0);
  const count = rows === 0 ? 0 : Math.ceil(textBytes / PARTITION_BYTES);
  const partition = { rows: Math.ceil(rows / count), bytes: textBytes / count };
  const partitions = Array.from({ length: count }, () => partition);
  const maxFileBytes = query.max_file_mb * BYTES_PER_MB;
  const whole = { fromPartition: 0, toPartition: count };
  const ranges = await planRanges(warehouse, query, reading, rows);
  return {
    prefix: `bronze/${query.name}/`,
    textBytes,
    files: planFiles(partitions, whole, maxFileBytes).length,
    parts: planParts(partitions, maxFileBytes).length,
    ranges: ranges === null ? null : ranges.split.ranges.length,
  };
}

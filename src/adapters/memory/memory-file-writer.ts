import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { checksumOf } from '../../model/checksum.ts';
import type { FileWriter } from '../../ports/file-writer.ts';

/**
 * Writes rows as JSON lines of text, and counts them where a checksum should be: for tests of what stands
 * around a file writer.
 */
export function memoryFileWriter(): FileWriter {
  return {
    columnsOf(columns) {
      return columns.map(({ name, type, nullable }) => {
        return { name, type, nullable, parquetType: 'VARCHAR' };
      });
    },
    async write(content, path) {
      const texts = await Promise.all(content.partitions.map((file) => readFile(file, 'utf8')));
      const rows = texts.flatMap((text) => JSON.parse(text) as unknown[][]);
      const lines = rows.map((row) => JSON.stringify(row)).join('\n');
      await writeFile(path, lines);
      const sha256 = createHash('sha256').update(lines).digest('hex');
      const bytes = Buffer.byteLength(lines);
      const columns = content.columns.map((_, at) => {
        return { nulls: rows.filter((row) => row[at] === null).length, min: null, max: null };
      });
      const checksum = checksumOf(String(rows.length), '0');
      return {
        rows: rows.length,
        bytes,
        sha256,
        profile: { rows: rows.length, checksum, columns },
      };
    },
  };
}

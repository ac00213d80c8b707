import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { FileWriter } from '../../ports/file-writer.ts';

/** Writes rows as JSON lines of text: for tests of what stands around a file writer. */
export function memoryFileWriter(): FileWriter {
  return {
    columnsOf(columns) {
      return columns.map(({ name, type, nullable }) => {
        return { name, type, nullable, parquetType: 'VARCHAR' };
      });
    },
    async write(content, path) {
      const texts = await Promise.all(content.partitions.map((file) => readFile(file, 'utf8')));
      const rows = texts.flatMap((text) => JSON.parse(text) as unknown[]);
      const lines = rows.map((row) => JSON.stringify(row)).join('\n');
      await writeFile(path, lines);
      const sha256 = createHash('sha256').update(lines).digest('hex');
      return { rows: rows.length, bytes: Buffer.byteLength(lines), sha256 };
    },
  };
}

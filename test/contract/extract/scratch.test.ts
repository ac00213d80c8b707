import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import { commitWindow } from '#src/extract/commit-window.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { extractWorld, ofRun, planRequest, sourceColumn } from '#test/helpers/extract-fixtures.ts';

const MB = 1024 ** 2;
const PARTITION_ROWS = 2000;
const PARTITIONS = 64;

/** Bytes of all files below a folder. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0);

describe('the scratch folder of an extraction', () => {
  it('holds two files and their partitions at most, however large the table is', async () => {
    const text = JSON.stringify(
      Array.from({ length: PARTITION_ROWS }, (_, n) => [
        String(n),
        crypto.randomUUID().repeat(7),
        '1700000000.000000000',
      ]),
    );
    const columns = [
      sourceColumn('ID', 'NUMBER', { precision: 18 }),
      sourceColumn('NOTE', 'TEXT'),
      sourceColumn('UPDATED_AT', 'TIMESTAMP_NTZ'),
    ];
    const { deps, warehouse } = extractWorld({
      table: { columns, rows: [] },
      query: { max_file_mb: 0.6 },
    });
    const scratchDirectory = mkdtempSync(join(tmpdir(), 'bounded-'));
    const rows = PARTITION_ROWS * PARTITIONS;
    const partitions = Array.from({ length: PARTITIONS }, () => {
      return { rows: PARTITION_ROWS, bytes: Buffer.byteLength(text) };
    });
    let most = 0;
    const source = {
      ...warehouse,
      poll: async (queryId: string) => ({ queryId, columns, rows, partitions }),
      scalar: async () => String(rows),
      savePartition: async (_: string, __: number, path: string) => {
        writeFileSync(path, text);
        most = Math.max(most, sizeOf(scratchDirectory));
      },
    };
    const files = duckdbFileWriter({ temporaryDirectory: scratchDirectory, memoryLimitMb: 256 });
    const bounded = { ...deps, openWarehouse: () => source, scratchDirectory, files };

    const plan = await planExtraction(bounded, planRequest('run-1'));
    for (const part of plan.parts) {
      await extractPart(bounded, { step: 'part', ...ofRun(plan), part });
    }
    const answer = await commitWindow(bounded, { step: 'commit', ...ofRun(plan) });

    const whole = Buffer.byteLength(text) * PARTITIONS;
    expect(answer).toMatchObject({ rows });
    expect(answer.files).toBeGreaterThan(10);
    expect(whole).toBeGreaterThan(30 * MB);
    expect(most).toBeLessThan(whole / 3);
    expect(sizeOf(scratchDirectory)).toBe(0);
  });
});

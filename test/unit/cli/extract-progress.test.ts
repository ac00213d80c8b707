import { describe, expect, it } from 'vitest';
import { progressLine, progressOf } from '#cli/extract-progress.ts';
import { bronzeKeys } from '#src/extract/bronze-keys.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { PlanDocument } from '#src/extract/run-documents.ts';
import {
  extractWorld,
  ORDERS,
  orderColumns,
  orderRows,
  planRequest,
} from '#test/helpers/extract-fixtures.ts';

/** A plan of ten rows in five partitions, one to a file. */
async function planned() {
  const { deps } = extractWorld({
    table: { columns: orderColumns, rows: orderRows(10) },
    query: { max_file_mb: 0.000001 },
    warehouse: { partitionRows: 2 },
  });
  await planExtraction(deps, planRequest('run-1'));
  const { pending } = await deps.watermarks.read(ORDERS);
  const keys = bronzeKeys(pending?.manifestKey ?? '');
  return { keys, plan: PlanDocument.parse(JSON.parse((await deps.lake.getText(keys.plan)) ?? '')) };
}

describe('the progress of an extraction', () => {
  it('is told from the files that are there', async () => {
    const { keys, plan } = await planned();

    const progress = progressOf(plan, [keys.plan, keys.file(0), keys.file(3)], keys.file);

    expect(progress).toMatchObject({
      rows: 4,
      totalRows: 10,
      partitions: 2,
      totalPartitions: 5,
      bytes: (plan.partitions[0]?.bytes ?? 0) + (plan.partitions[3]?.bytes ?? 0),
    });
  });

  it('is one line: rows, partitions, speed and the time that is left', () => {
    const now = { rows: 250, totalRows: 1000, bytes: 30e6, partitions: 2, totalPartitions: 8 };

    expect(progressLine('orders', now, 10)).toBe(
      'orders: 250 of 1000 rows, 2 of 8 partitions, 3.0 MB/s, about 30 s left',
    );
    expect(progressLine('orders', { ...now, rows: 0 }, 10)).not.toContain('left');
  });
});

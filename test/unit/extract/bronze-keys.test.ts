import { describe, expect, it } from 'vitest';
import { bronzeKeys, manifestKey, requestIdFor } from '#src/extract/bronze-keys.ts';

describe('keys of a run', () => {
  it('lie under the day it was planned and its run id', () => {
    const key = manifestKey('orders', '2024-05-01T23:59:59.000Z', 'run-1');

    expect(key).toBe('bronze/orders/extract_date=2024-05-01/run_id=run-1/_manifest.json');
    const keys = bronzeKeys(key);
    const folder = 'bronze/orders/extract_date=2024-05-01/run_id=run-1/';
    expect(keys.plan).toBe(`${folder}_plan.json`);
    expect(keys.part(7)).toBe(`${folder}_parts/0007.json`);
    expect(keys.file(12)).toBe(`${folder}part-0012.parquet`);
  });
});

describe('requestIdFor', () => {
  it('is a UUID that a run and a statement always have', () => {
    const id = requestIdFor('run-1', 'select 1');

    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(requestIdFor('run-1', 'select 1')).toBe(id);
    expect(requestIdFor('run-2', 'select 1')).not.toBe(id);
    expect(requestIdFor('run-1', 'select 2')).not.toBe(id);
  });
});

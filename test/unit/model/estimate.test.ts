import { describe, expect, it } from 'vitest';
import { estimateExtraction, textBytesOf } from '#src/model/estimate.ts';
import { PRICES } from '#src/model/prices.ts';

const size = {
  textBytes: 2_000_000_000,
  files: 16,
  parts: 2,
  parallelParts: 2,
  memoryMb: 2048,
  warehouseSize: 'X-Small',
} as const;

describe('an estimate', () => {
  it('is made of the time of the statement, of the fetch, and of the prices', () => {
    const { seconds, lambdaGbSeconds, credits, dollars } = estimateExtraction(size);

    expect(seconds).toBeCloseTo(5 + 40 + 50);
    expect(lambdaGbSeconds).toBeCloseTo((5 + 100) * 2);
    expect(credits).toBeCloseTo(60 / 3600);
    expect(dollars.snowflake).toBeCloseTo((60 / 3600) * 2);
    expect(dollars.aws).toBeCloseTo(210 * 0.0000133334 + 4 * 2e-7 + 21 * 0.000005 + 12 * 0.000025);
    expect(dollars.total).toBeCloseTo(dollars.snowflake + dollars.aws);
  });

  it('bills a larger warehouse more for the shortest time, and the same for long statements', () => {
    const large = (textBytes: number) =>
      estimateExtraction({ ...size, textBytes, warehouseSize: 'Large' }).credits;

    expect(large(1)).toBeCloseTo((60 / 3600) * 8);
    expect(large(400_000_000_000)).toBeCloseTo(
      estimateExtraction({ ...size, textBytes: 400_000_000_000 }).credits,
    );
  });

  it('knows the width of every type that can be extracted', () => {
    expect(textBytesOf({ type: 'TEXT', length: 4 })).toBe(7);
    expect(textBytesOf({ type: 'TEXT', length: 16_777_216 })).toBe(35);
    expect(textBytesOf({ type: 'NUMBER', length: null })).toBe(12);
    expect(textBytesOf({ type: 'TIMESTAMP_TZ', length: null })).toBe(23);
  });
});

describe('the price table', () => {
  it('says of every price where it is from and when it was read', () => {
    for (const price of Object.values(PRICES)) {
      expect(price.dollars).toBeGreaterThan(0);
      expect(price.source).toMatch(/^https:\/\/(aws\.amazon|www\.snowflake)\.com\//);
      expect(price.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });
});

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from '#cli/pipeline-file.ts';

const VALID = `name: shop
snowflake:
  account: local
  warehouse: LOADING
  database: SHOP
  schema: PUBLIC
extract:
  source_system: shop
  queries:
    - name: orders
      table: ORDERS
      key: [ORDER_ID]
      watermark_column: UPDATED_AT
silver:
  - table: fact_orders
    source: orders
    key: [order_id]
    columns:
      - { name: order_id, type: string }
gold:
  models: sql
`;

const MODEL = `/*
  sales — what was sold.

  Grain: one row per day
  Key: day, country
*/
select 1
`;

function folder(yaml: string, model = MODEL): string {
  const path = mkdtempSync(join(tmpdir(), 'pipeline-'));
  mkdirSync(join(path, 'sql'));
  writeFileSync(join(path, 'sql', 'sales.sql'), model);
  writeFileSync(join(path, 'pipeline.yml'), yaml);
  return path;
}

const load = (yaml: string, model?: string) =>
  loadPipeline(join(folder(yaml, model), 'pipeline.yml'));

describe('loadPipeline', () => {
  it('reads the file with its defaults and its gold models', () => {
    const { document } = load(VALID);

    expect(document.extract.queries[0]).toMatchObject({
      lag_seconds: 0,
      group: 'default',
      max_file_mb: 128,
    });
    expect(document.gold).toEqual([
      { table: 'sales', grain: 'one row per day', key: ['day', 'country'], sql: MODEL },
    ]);
  });

  it('gives the same content the same key and other content another', () => {
    expect(load(VALID).key).toBe(load(VALID).key);
    expect(load(VALID).key).not.toBe(load(VALID.replace('LOADING', 'OTHER')).key);
    expect(load(VALID).key).toMatch(/^pipelines\/shop\/[0-9a-f]{16}\.json$/);
  });

  it('resolves the models from where a symbolic link points', () => {
    const real = folder(VALID);
    const link = join(mkdtempSync(join(tmpdir(), 'pipeline-')), 'pipeline.yml');
    symlinkSync(join(real, 'pipeline.yml'), link);

    expect(loadPipeline(link).document.gold).toHaveLength(1);
  });

  it('names line and column of every problem at once', () => {
    const yaml = VALID.replace('key: [ORDER_ID]', 'key: []').replace(
      'type: string',
      'type: varchar',
    );

    expect(() => load(yaml)).toThrow(
      /2 problems[\s\S]*12:12 extract\.queries\.0\.key[\s\S]*19:\d+ silver\.0\.columns\.0\.type/,
    );
  });

  it.each([
    ['a word that is no key', VALID.replace('warehouse:', 'warehous:'), /snowflake.*warehous/],
    [
      'neither table nor sql',
      VALID.replace('      table: ORDERS\n', ''),
      /exactly one of "table" and "sql"/,
    ],
    [
      'a source that is no query',
      VALID.replace('source: orders', 'source: order'),
      /16:13 silver\.0\.source: expected the name of an extract query \(orders\)/,
    ],
    [
      'a key that is no column',
      VALID.replace('key: [order_id]', 'key: [id]'),
      /id is not one of the table's columns/,
    ],
    [
      'deduplication of a table with history',
      VALID.replace(
        'key: [order_id]',
        'key: [order_id]\n    history: scd2\n    deduplicate: { by: [A], keep_first_by: [B] }',
      ),
      /19:18 silver\.0\.deduplicate: a table with history scd2 cannot drop duplicates/,
    ],
    ['broken YAML', VALID.replace('name: shop', 'name: [shop'), /2:1 Flow sequence/],
  ])('refuses %s', (_title, yaml, message) => {
    expect(() => load(yaml)).toThrow(message);
  });

  it('refuses a gold model without a key in its header', () => {
    expect(() => load(VALID, 'select 1')).toThrow(/sales\.sql: its header lacks Grain:/);
  });

  it('says how to name the file when there is none', () => {
    expect(() => loadPipeline('/nowhere/pipeline.yml')).toThrow(
      /Give the file with --pipeline FILE/,
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Warehouse } from '#src/ports/warehouse.ts';
import { type ExtractLab, openExtractLab } from '#test/helpers/extract-lab.ts';
import { runAll } from '#test/helpers/extract-source.ts';
import { committedManifests } from '#test/helpers/extract-stage.ts';

/** Rows that went at the source, in the words of a real source. */
let lab: ExtractLab;
let source: Warehouse;

beforeAll(async () => {
  lab = await openExtractLab('extract-deletes');
  source = lab.source;
});
afterAll(() => lab?.remove());

type Query = Awaited<ReturnType<ExtractLab['openQuery']>>;

/** What the last committed run has, as `1 upsert one`; a deleted row has its key and nothing else. */
async function lastRun({ id, committed }: Query): Promise<string[]> {
  const last = (await committedManifests(lab.emulator, id)).at(-1);
  if (last === undefined || last.files.length === 0) return [];
  const rows = await committed(
    `select "ID"::int || ' ' || "_change" || coalesce(' ' || "NAME", '') as line
     from bronze where extraction_timestamp = (select max(extraction_timestamp) from bronze)
     order by "ID"`,
  );
  return rows.map(({ line }) => String(line));
}

/** A table of three rows whose watermark says when each was changed. */
async function makeTable(name: string): Promise<void> {
  await runAll(
    source,
    `create table ${name} (id number(9,0), name varchar(10), changed timestamp_ntz)`,
    `alter table ${name} set change_tracking = true`,
  );
  await change(
    name,
    "insert into t select column1, column2, now from values (1, 'one'), (2, 'two'), (3, 'three')",
  );
}

/** Runs a statement over a table, `t`, at the source's time, `now`. */
const change = (table: string, sql: string) =>
  runAll(
    source,
    sql.replaceAll(/\bt\b/g, table).replaceAll(/\bnow\b/g, 'current_timestamp()::timestamp_ntz'),
  );

describe.each([
  ['changes', {}],
  ['stream', { stream: 'gone_by_stream' }],
  ['key_difference', { key_difference_every: '1 hour' }],
])('deletes by %s', (deletes, options) => {
  const table = `tracked_${deletes}`;

  it('give the keys of rows that went, and of no other', async () => {
    await makeTable(table);
    if (deletes === 'stream')
      await runAll(source, `create stream gone_by_stream on table ${table}`);
    const query = await lab.openQuery(table, {
      table,
      watermark_column: 'changed',
      deletes,
      ...options,
    });

    expect(await query.extract()).toMatchObject({ rows: 3, sourceRows: 3 });
    expect(await lastRun(query)).toEqual(['1 upsert one', '2 upsert two', '3 upsert three']);
    await change(table, 'delete from t where id = 2');
    await change(table, "update t set name = 'uno', changed = now where id = 1");
    await change(table, "insert into t select 4, 'four', now");
    // A key that went and came back is there.
    await change(table, 'delete from t where id = 3');
    await change(table, "insert into t select 3, 'again', now");
    if (deletes === 'key_difference') await ageComparison(query);
    await query.extract();

    expect(await lastRun(query)).toEqual([
      '1 upsert uno',
      '2 delete',
      '3 upsert again',
      '4 upsert four',
    ]);
    const last = (await committedManifests(lab.emulator, query.id)).at(-1);
    expect(last).toMatchObject({ deletes, rows: 4, sourceRows: 4 });
    expect(last?.columns.map(({ name }) => name)).toContain('_change');
    await query.extract();
    expect(await lastRun(query)).toEqual([]);
  });

  it('are told again after a run that was never committed', async () => {
    const query = await lab.openQuery(table, {
      table,
      watermark_column: 'changed',
      deletes,
      ...options,
    });
    await change(table, 'delete from t where id = 1');
    if (deletes === 'key_difference') await ageComparison(query);

    await query.plan();
    await lab.abandonRun(query.id);
    await query.extract();

    expect(await lastRun(query)).toEqual(['1 delete']);
  });
});

/** Lets the last comparison of keys look two hours older than it is. */
async function ageComparison({ id }: Query): Promise<void> {
  const { manifestKey } = await lab.deps.watermarks.read(id);
  const text = (await lab.deps.lake.getText(manifestKey as string)) ?? '';
  const manifest = JSON.parse(text);
  const comparedAt = new Date(Date.now() - 2 * 3_600_000).toISOString();
  const aged = { ...manifest, keyList: { ...manifest.keyList, comparedAt } };
  await lab.deps.lake.putText(manifestKey as string, JSON.stringify(aged));
}

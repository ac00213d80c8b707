import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExtractLab, openExtractLab } from '#test/helpers/extract-lab.ts';
import { runAll } from '#test/helpers/extract-source.ts';
import { movingClock } from '#test/helpers/moving-clock.ts';

/** Windows by the clock of the source, which these tests hold in their hands. */
const clock = movingClock();
let lab: ExtractLab;

beforeAll(async () => {
  lab = await openExtractLab('extract-clock', { clock });
});
afterAll(() => lab?.remove());

/** The clock as a watermark. */
const now = () => `${clock().toISOString().slice(0, 23).replace('T', ' ')}000000`;

/** A table and its query; rows are inserted with the clock's time less some seconds. */
async function openTable(name: string, options: object = {}) {
  await runAll(lab.source, `create table ${name} (id number(9,0), changed timestamp_ntz(9))`);
  const query = await lab.openQuery(name, { table: name, watermark_column: 'changed', ...options });
  const insert = (id: number, secondsAgo = 0) =>
    runAll(
      lab.source,
      `insert into ${name} select ${id}, dateadd(second, ${-secondsAgo}, current_timestamp())::timestamp_ntz`,
    );
  const value = async () => (await lab.deps.watermarks.read(query.id)).value;
  return { ...query, insert, value };
}

describe('windows by the clock of the source', () => {
  it('begin with a first load, also of a table without rows', async () => {
    const table = await openTable('empty_at_first');

    expect(await table.extract()).toMatchObject({ rows: 0, watermark: { from: null, to: now() } });
    expect(await table.value()).toBe(now());
    await table.insert(1);
    clock.advance(1);

    expect(await table.extract()).toMatchObject({ rows: 1 });
    expect(await table.ids()).toEqual([1]);
  });

  it('leave every row of their end to the next window, ties that come later among them', async () => {
    const table = await openTable('ties');
    await table.insert(1, 1);
    await table.insert(2);

    expect(await table.extract()).toMatchObject({ rows: 1, watermark: { to: now() } });
    await table.insert(3);
    await table.insert(4);
    expect(await table.extract()).toMatchObject({ rows: 0 });
    clock.advance(1);
    expect(await table.extract()).toMatchObject({ rows: 3 });

    expect(await table.ids()).toEqual([1, 2, 3, 4]);
  });

  it('end before what may still be written, and come to it later', async () => {
    const table = await openTable('settling', { settle_seconds: 60 });
    await table.insert(1, 61);
    await table.insert(2, 59);

    expect(await table.extract()).toMatchObject({ rows: 1 });
    await table.insert(3, 59);
    clock.advance(60);
    expect(await table.extract()).toMatchObject({ rows: 2 });

    expect(await table.ids()).toEqual([1, 2, 3]);
  });

  it('stay where they are while the clock is behind, and lose nothing that the lag reaches', async () => {
    const table = await openTable('backwards', { lag_seconds: 7200 });
    await table.insert(1, 1);
    await table.extract();
    const reached = now();

    clock.advance(-3600);
    await table.insert(2);
    expect(await table.extract()).toMatchObject({ watermark: { to: reached } });
    expect(await table.value()).toBe(reached);
    clock.advance(3601);
    await table.insert(3, 1);
    await table.extract();

    expect([...new Set(await table.ids())]).toEqual([1, 2, 3]);
    expect(await table.value()).toBe(now());
  });
});

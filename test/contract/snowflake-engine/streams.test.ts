import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { type MovingClock, movingClock } from '#test/helpers/moving-clock.ts';
import {
  openTestEngine,
  records,
  rows,
  run,
  type TestEngine,
} from '#test/helpers/stand-in-engine.ts';

const DAY = 24 * 60 * 60;

let clock: MovingClock;
let test: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  clock = movingClock();
  test = await openTestEngine(clock);
  session = await test.session();
});
afterAll(() => test.close());

beforeEach(async () => {
  for (const sql of [
    'create or replace table t (id int, name varchar)',
    "insert into t values (1, 'a'), (2, 'b')",
    'create or replace stream s on table t',
    'create or replace table copy (id int, name varchar, action varchar, is_update boolean)',
  ]) {
    await step(sql);
  }
});

/** Runs a statement a second after the one before. */
async function step(sql: string, on = session): Promise<void> {
  clock.advance(1);
  await run(on, sql);
}

const COLUMNS = 'id, name, metadata$action, metadata$isupdate';
const changes = (stream = 's', on = session) =>
  rows(on, `select ${COLUMNS} from ${stream} order by id, metadata$action, name`);
const consume = (stream = 's', on = session) =>
  step(`insert into copy select ${COLUMNS} from ${stream}`, on);

describe('a standard stream', () => {
  it('is empty when it is made', async () => {
    expect(await changes()).toEqual([]);
  });

  it('has rows inserted since, with three columns behind those of the table', async () => {
    await step("insert into t values (3, 'c')");
    const answer = await run(session, 'select * from s');
    expect(answer.result.columns.map(({ name, type }) => [name, type])).toEqual([
      ['ID', 'fixed'],
      ['NAME', 'text'],
      ['METADATA$ACTION', 'text'],
      ['METADATA$ISUPDATE', 'boolean'],
      ['METADATA$ROW_ID', 'text'],
    ]);
    expect(await changes()).toEqual([['3', 'c', 'INSERT', '0']]);
  });

  it('has an update as a pair of DELETE and INSERT with one row id', async () => {
    await step("update t set name = 'z' where id = 2");
    expect(await changes()).toEqual([
      ['2', 'b', 'DELETE', '1'],
      ['2', 'z', 'INSERT', '1'],
    ]);
    const ids = await rows(session, 'select distinct metadata$row_id from s');
    expect(ids).toEqual([[expect.stringMatching(/^[0-9a-f]{40}$/)]]);
  });

  it('keeps the row id of a row over its reads and updates', async () => {
    await step("insert into t values (3, 'c')");
    const rowId = () => rows(session, 'select distinct metadata$row_id from s where id = 3');
    const inserted = await rowId();
    await consume();
    await step("update t set name = 'd' where id = 3");
    expect(await rowId()).toEqual(inserted);
  });

  it('has a deleted row as it was', async () => {
    await step('delete from t where id = 1');
    expect(await changes()).toEqual([['1', 'a', 'DELETE', '0']]);
  });

  it('gives net changes: one insert for a row inserted and updated', async () => {
    await step("insert into t values (3, 'c')");
    await step("update t set name = 'd' where id = 3");
    expect(await changes()).toEqual([['3', 'd', 'INSERT', '0']]);
  });

  it('gives nothing for a row inserted and deleted', async () => {
    await step("insert into t values (3, 'c')");
    await step('delete from t where id = 3');
    expect(await changes()).toEqual([]);
  });

  it('gives one pair for two updates, from the first image to the last', async () => {
    await step("update t set name = 'x' where id = 1");
    await step("update t set name = 'y' where id = 1");
    expect(await changes()).toEqual([
      ['1', 'a', 'DELETE', '1'],
      ['1', 'y', 'INSERT', '1'],
    ]);
  });

  it('gives nothing for an update that is undone', async () => {
    await step("update t set name = 'x' where id = 1");
    await step("update t set name = 'a' where id = 1");
    expect(await changes()).toEqual([]);
  });

  it('gives the old row for an update and a delete', async () => {
    await step("update t set name = 'x' where id = 1");
    await step('delete from t where id = 1');
    expect(await changes()).toEqual([['1', 'a', 'DELETE', '0']]);
  });

  it.each([
    [
      `merge into t using (select column1 as id from values (2), (3)) x on t.id = x.id
       when matched then update set name = 'm' when not matched then insert values (x.id, 'n')`,
      [
        ['2', 'b', 'DELETE', '1'],
        ['2', 'm', 'INSERT', '1'],
        ['3', 'n', 'INSERT', '0'],
      ],
    ],
    [
      'merge into t using (select 2 as id) x on t.id = x.id when matched then delete',
      [['2', 'b', 'DELETE', '0']],
    ],
    [
      "insert overwrite into t values (9, 'o')",
      [
        ['1', 'a', 'DELETE', '0'],
        ['2', 'b', 'DELETE', '0'],
        ['9', 'o', 'INSERT', '0'],
      ],
    ],
    [
      'truncate table t',
      [
        ['1', 'a', 'DELETE', '0'],
        ['2', 'b', 'DELETE', '0'],
      ],
    ],
    ["insert all into t values (i, 'i') select 5 as i", [['5', 'i', 'INSERT', '0']]],
  ])('sees %s', async (sql, expected) => {
    await step(sql);
    expect(await changes()).toEqual(expected);
  });

  it('gives rows without NULL trouble', async () => {
    await step('insert into t values (null, null)');
    await step("update t set name = 'n' where id is null");
    await consume();
    await step('update t set name = null where id is null');
    expect(await changes()).toEqual([
      [null, 'n', 'DELETE', '1'],
      [null, null, 'INSERT', '1'],
    ]);
  });
});

describe('the offset of a stream', () => {
  beforeEach(() => step("insert into t values (3, 'c')"));

  it('does not move with a SELECT', async () => {
    await changes();
    expect(await changes()).toHaveLength(1);
  });

  it.each([
    ['INSERT … SELECT', `insert into copy select ${COLUMNS} from s`],
    ['an INSERT that takes no row', `insert into copy select ${COLUMNS} from s where 1 = 0`],
    ['CREATE TABLE AS', 'create or replace table ctas as select * from s'],
    [
      'MERGE',
      'merge into copy c using (select * from s) s on c.id = s.id when not matched then insert (id) values (s.id)',
    ],
    ['UPDATE … FROM', 'update copy c set name = s.name from s where c.id = s.id'],
    ['DELETE … USING', 'delete from copy c using s where c.id = s.id'],
    ['DELETE with a subquery', 'delete from copy where id in (select id from s)'],
    [
      'a multi-table INSERT',
      'insert all when 1 = 1 then into copy (id) values (id) select id from s',
    ],
  ])('moves with %s', async (_, sql) => {
    await step(sql);
    expect(await changes()).toEqual([]);
  });

  it('moves with a DML that reads the stream through a view', async () => {
    await step('create or replace view v as select * from s');
    expect(await rows(session, 'select id from v')).toEqual([['3']]);
    await step('insert into copy (id) select id from v');
    expect(await changes()).toEqual([]);
    await step("insert into t values (4, 'd')");
    expect(await rows(session, 'select id from v')).toEqual([['4']]);
  });

  it('does not move with a DML that fails', async () => {
    await expect(
      run(session, 'insert into copy (id) select name::int from s'),
    ).rejects.toMatchObject({ code: '100038' });
    expect(await changes()).toHaveLength(1);
  });

  it('does not move with a ROLLBACK, and moves with a COMMIT', async () => {
    await run(session, 'begin');
    await consume();
    await run(session, 'rollback');
    expect(await changes()).toHaveLength(1);
    await run(session, 'begin');
    await consume();
    await run(session, 'commit');
    expect(await changes()).toEqual([]);
  });

  it('is the same for all statements of a transaction, whatever they and others change', async () => {
    const other = await test.session();
    await run(session, 'begin');
    expect(await changes()).toHaveLength(1);
    await step("insert into t values (4, 'd')", other);
    expect(await changes()).toHaveLength(1);
    await step("insert into t values (5, 'e')");
    await step("update t set name = 'z' where id = 3");
    await consume();
    expect(await changes()).toEqual([['3', 'c', 'INSERT', '0']]);
    await consume();
    await run(session, 'commit');
    expect(await rows(session, 'select count(*) from copy')).toEqual([['2']]);
    expect(await changes()).toEqual([
      ['3', 'c', 'DELETE', '1'],
      ['3', 'z', 'INSERT', '1'],
      ['4', 'd', 'INSERT', '0'],
      ['5', 'e', 'INSERT', '0'],
    ]);
    await other.close();
  });

  it('is its own for each stream on a table', async () => {
    await step('create or replace stream other on table t');
    await step("insert into t values (4, 'd')");
    expect(await changes('other')).toHaveLength(1);
    await consume('s');
    expect(await changes('s')).toEqual([]);
    expect(await changes('other')).toEqual([['4', 'd', 'INSERT', '0']]);
  });

  it('leaves what the consuming statement itself adds to the table', async () => {
    await step("insert into t select id + 10, name from s where metadata$action = 'INSERT'");
    expect(await changes()).toEqual([['13', 'c', 'INSERT', '0']]);
  });

  it('consumes once, when two sessions consume at once', async () => {
    const other = await test.session();
    await Promise.all([consume('s'), consume('s', other)]);
    expect(await rows(session, 'select count(*) from copy')).toEqual([['1']]);
    await other.close();
  });

  it('is taken by a clone of the stream, and by AT (STREAM => …)', async () => {
    await step('create or replace stream twin clone s');
    await step("create or replace stream again on table t at (stream => 's')");
    await consume('s');
    expect(await changes('twin')).toHaveLength(1);
    expect(await changes('again')).toHaveLength(1);
  });
});

describe('an append-only stream', () => {
  beforeEach(() => step('create or replace stream s on table t append_only = true'));

  it('gives inserted rows as they were inserted, also those that are gone', async () => {
    await step("insert into t values (3, 'c'), (4, 'd')");
    await step("update t set name = 'z' where id in (1, 3)");
    await step('delete from t where id in (2, 4)');
    expect(await changes()).toEqual([
      ['3', 'c', 'INSERT', '0'],
      ['4', 'd', 'INSERT', '0'],
    ]);
    await consume();
    expect(await changes()).toEqual([]);
  });
});

describe('SHOW_INITIAL_ROWS', () => {
  it('gives the rows there were first, then the changes since', async () => {
    await step('create or replace stream first_s on table t show_initial_rows = true');
    await step("insert into t values (3, 'c')");
    expect(await changes('first_s')).toEqual([
      ['1', 'a', 'INSERT', '0'],
      ['2', 'b', 'INSERT', '0'],
    ]);
    await consume('first_s');
    expect(await changes('first_s')).toEqual([['3', 'c', 'INSERT', '0']]);
  });
});

describe('a stream of the past', () => {
  it('starts at a time or before a statement', async () => {
    await step("insert into t values (3, 'c')");
    const between = clock.advance(1);
    await step("insert into t values (4, 'd')");
    await step(`create or replace stream past on table t at (timestamp => ${between})`);
    expect(await changes('past')).toEqual([['4', 'd', 'INSERT', '0']]);
    await step('create or replace stream past on table t at (offset => -5)');
    expect(await changes('past')).toHaveLength(2);
  });

  it('needs the changes to have been tracked since', async () => {
    await step('create or replace table untracked (id int, name varchar)');
    clock.advance(60);
    await expect(
      run(session, 'create stream late on table untracked at (offset => -30)'),
    ).rejects.toMatchObject({ code: '091930' });
    await step('create or replace stream late on table untracked');
    expect(await records(session, "show tables like 'untracked'")).toMatchObject([
      { change_tracking: 'ON' },
    ]);
  });
});

describe('functions of streams', () => {
  const value = async (sql: string) => (await rows(session, `select ${sql}`))[0]?.[0];

  it('say whether there is data', async () => {
    expect(await value("system$stream_has_data('s')")).toBe('0');
    await step("insert into t values (3, 'c')");
    expect(await value("system$stream_has_data('db.public.s')")).toBe('1');
    await step('delete from t where id = 3');
    expect(await value("system$stream_has_data('s')")).toBe('0');
    await expect(value("system$stream_has_data('nothing')")).rejects.toMatchObject({
      code: '002003',
    });
  });

  it('say the time of the version it stands at, in nanoseconds', async () => {
    await step("insert into t values (3, 'c')");
    const inserted = `${clock().getTime()}000000`;
    expect(await value("system$stream_get_table_timestamp('s')")).not.toBe(inserted);
    await consume();
    expect(await value("system$stream_get_table_timestamp('s')")).toBe(inserted);
  });

  it('say when a table changed last', async () => {
    await step("insert into t values (3, 'c')");
    const inserted = `${clock().getTime()}000000`;
    await step('select * from t');
    expect(await value("system$last_change_commit_time('t')")).toBe(inserted);
  });
});

describe('statements on streams', () => {
  const shown = async (like: string) => (await records(session, `show streams like '${like}'`))[0];

  it('show them, with what they are on', async () => {
    await step("create or replace stream shown on table t append_only = true comment = 'why'");
    expect(await shown('shown')).toMatchObject({
      ...{ name: 'SHOWN', database_name: 'DB', schema_name: 'PUBLIC', owner: 'ACCOUNTADMIN' },
      ...{ comment: 'why', table_name: 'DB.PUBLIC.T', source_type: 'Table', type: 'DELTA' },
      ...{ base_tables: 'DB.PUBLIC.T', stale: 'false', mode: 'APPEND_ONLY', invalid_reason: 'N/A' },
      stale_after: `${clock().getTime() / 1000 + 14 * DAY}.000000000`,
    });
    const [described] = await records(session, 'describe stream shown');
    expect(described).toEqual(await shown('shown'));
  });

  it('change their comments and drop them', async () => {
    await step('create or replace stream mine on table t');
    await step("alter stream mine set comment = 'new'");
    expect(await shown('mine')).toMatchObject({ comment: 'new' });
    await step("comment on stream mine is 'newer'");
    expect(await shown('mine')).toMatchObject({ comment: 'newer' });
    await step('alter stream mine unset comment');
    expect(await shown('mine')).toMatchObject({ comment: '' });
    expect(await rows(session, 'drop stream mine')).toEqual([['MINE successfully dropped.']]);
    expect(await shown('mine')).toBeUndefined();
    await step('drop stream if exists mine');
    await step('alter stream if exists mine unset comment');
  });

  it('share names with tables and views', async () => {
    await expect(run(session, 'create stream t on table copy')).rejects.toMatchObject({
      code: '002002',
    });
    await expect(run(session, 'create table s (a int)')).rejects.toMatchObject({ code: '002002' });
    await expect(run(session, 'create or replace table s (a int)')).rejects.toMatchObject({
      code: '002203',
    });
    await expect(run(session, 'drop table s')).rejects.toMatchObject({ code: '002203' });
    expect(await rows(session, 'create stream if not exists s on table t')).toEqual([
      ['S already exists, statement succeeded.'],
    ]);
  });

  it.each([
    ['create stream x on view v', '000002'],
    ['create stream x on external table e', '000002'],
    ['create stream x on stage e', '000002'],
    ['create stream x on table nothing', '002003'],
    ['create stream x on table t insert_only = true', '000002'],
    ['alter stream s set append_only = true', '000002'],
    ["insert into s values (1, 'a')", '002003'],
    ['delete from s', '002003'],
    ['select * from s at (offset => 0)', '000002'],
  ])('refuse %s with %s', async (sql, code) => {
    await expect(run(session, sql)).rejects.toMatchObject({ code });
  });
});

describe('a stream whose table changes', () => {
  it('goes on over added, dropped and renamed columns of the table, and its new name', async () => {
    await step("insert into t values (3, 'c')");
    await step('alter table t add column extra int default 5');
    await step("insert into t values (4, 'd', 6)");
    await step('delete from t where id = 1');
    const read = () => rows(session, 'select id, name, extra, metadata$action from s order by id');
    expect(await read()).toEqual([
      ['1', 'a', null, 'DELETE'],
      ['3', 'c', '5', 'INSERT'],
      ['4', 'd', '6', 'INSERT'],
    ]);
    await step('drop table if exists u');
    await step('alter table t rename to u');
    expect(await read()).toHaveLength(3);
  });

  it('cannot be read once the table is dropped or replaced, and again after UNDROP', async () => {
    await step("insert into t values (3, 'c')");
    for (const sql of ['create or replace table t (id int, name varchar)', 'drop table t']) {
      await step(sql);
      await expect(changes()).rejects.toMatchObject({
        message: expect.stringContaining(
          "Base table 'DB.PUBLIC.T' dropped, cannot read from stream 'DB.PUBLIC.S'",
        ),
      });
      expect(await records(session, "show streams like 's'")).toMatchObject([{ stale: 'true' }]);
    }
    await step('create table t (id int)');
    await step('drop table t');
    await step('undrop table t');
    await expect(changes()).rejects.toThrow('dropped');
    await step('create or replace table t (id int, name varchar)');
    await step('create or replace stream s on table t');
    await step("insert into t values (3, 'c')");
    await step('drop table t');
    await step('undrop table t');
    expect(await changes()).toEqual([['3', 'c', 'INSERT', '0']]);
  });

  it('goes stale when it is not consumed within the longer of retention and extension', async () => {
    await step('create or replace table brief (id int) max_data_extension_time_in_days = 3');
    await step('create or replace stream brief_s on table brief');
    await step('insert into brief values (1)');
    clock.advance(2 * DAY);
    expect(await rows(session, 'select id from brief_s')).toEqual([['1']]);
    await step('insert into copy (id) select id from brief_s');
    clock.advance(2 * DAY);
    await step('insert into brief values (2)');
    expect(await rows(session, 'select id from brief_s')).toEqual([['2']]);
    clock.advance(2 * DAY);
    await expect(rows(session, 'select id from brief_s')).rejects.toMatchObject({
      message: expect.stringContaining("Stream 'DB.PUBLIC.BRIEF_S' has become stale"),
    });
    expect(await records(session, "show streams like 'brief_s'")).toMatchObject([
      { stale: 'true' },
    ]);
    await step('create or replace stream brief_s on table brief');
    expect(await rows(session, 'select id from brief_s')).toEqual([]);
  });
});

describe('CHANGES', () => {
  const since = (start: string, information = 'default', end = '') =>
    rows(
      session,
      `select ${COLUMNS} from t changes (information => ${information}) ${start} ${end} order by id, metadata$action`,
    );

  it('gives the net changes, or the appended rows, since a point and up to another', async () => {
    clock.advance(60);
    const start = clock.literal();
    await step("insert into t values (3, 'c')");
    const middle = clock.literal();
    await step("update t set name = 'z' where id = 3");
    await step('delete from t where id = 1');
    expect(await since(`at (timestamp => ${start})`)).toEqual([
      ['1', 'a', 'DELETE', '0'],
      ['3', 'z', 'INSERT', '0'],
    ]);
    expect(await since(`at (timestamp => ${start})`, 'append_only')).toEqual([
      ['3', 'c', 'INSERT', '0'],
    ]);
    expect(
      await since(`at (timestamp => ${start})`, 'default', `end (timestamp => ${middle})`),
    ).toEqual([['3', 'c', 'INSERT', '0']]);
    expect(await since(`before (timestamp => ${middle})`, 'append_only')).toHaveLength(1);
    expect(await since(`at (timestamp => ${middle})`, 'append_only')).toEqual([]);
    await consume();
    expect(await since("at (stream => 's')")).toEqual([]);
  });

  it('needs change tracking, for all of the time', async () => {
    await step('create or replace table plain (id int, name varchar)');
    await step("insert into plain values (1, 'a')");
    const start = clock.advance(1);
    const read = () =>
      rows(
        session,
        `select * from plain changes (information => default) at (timestamp => ${start})`,
      );
    await expect(read()).rejects.toMatchObject({
      code: '091930',
      message: expect.stringContaining('Change tracking is not enabled or has been missing'),
    });
    await step('alter table plain set change_tracking = true');
    await expect(read()).rejects.toMatchObject({ code: '091930' });
    await step("insert into plain values (2, 'b')");
    expect(
      await rows(
        session,
        'select id from plain changes (information => default) at (offset => -1)',
      ),
    ).toEqual([['2']]);
  });

  it('is refused without AT or BEFORE', async () => {
    await expect(
      rows(session, 'select * from t changes (information => default)'),
    ).rejects.toThrow();
  });
});

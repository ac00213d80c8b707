import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession } from '#local/snowflake/statement.ts';
import { movingClock } from '#test/helpers/moving-clock.ts';
import { openTestEngine, rows, run, type TestEngine } from '#test/helpers/stand-in-engine.ts';

const STATEMENTS = 45;

let test: TestEngine;
let session: EngineSession;
const clock = movingClock();

beforeAll(async () => {
  test = await openTestEngine(clock);
  session = await test.session();
});
afterAll(() => test.close());

/** Numbers below a bound, the same for a seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Statements that change table T, some of them without effect. */
function statementOf(next: (below: number) => number): string {
  const id = next(12);
  const value = next(5);
  const choices = [
    `insert into t (id, v) values (${id}, ${value}), (${next(12)}, ${value})`,
    `insert into t (id, v) select id + 1, v from t where v = ${value}`,
    `update t set v = ${value} where id < ${id}`,
    `update t set v = v where id = ${id}`,
    `update t set v = x.v from (select ${id} as id, ${value} as v) x where t.id = x.id`,
    `delete from t where id = ${id} or v is null`,
    `delete from t using (select ${id} as id) x where t.id > x.id and t.v = ${value}`,
    `merge into t using (select column1 as id from values (${id}), (${id + 20})) x on t.id = x.id
       when matched and t.v = ${value} then delete when matched then update set v = ${value}
       when not matched then insert (id, v) values (x.id, ${value})`,
    `insert overwrite into t (id, v) select id, v + 1 from t where id <> ${id}`,
    `insert into t (id) values (${id})`,
    next(4) === 0 ? 'truncate table t' : `insert into t (id, v) values (${id}, null)`,
  ];
  return choices[next(choices.length)] ?? '';
}

type Row = readonly (string | null)[];

const texts = (list: readonly Row[]) => list.map((row) => JSON.stringify(row)).sort();
const all = async (clause = '') => texts(await rows(session, `select id, v from t ${clause}`));

/** The rows after net changes: those deleted taken out once each, those inserted put in. */
function applied(state: readonly string[], changes: readonly Row[]): string[] {
  const left = [...state];
  for (const [action, , ...row] of changes) {
    if (action !== 'DELETE') continue;
    const at = left.indexOf(JSON.stringify(row));
    expect(at).toBeGreaterThanOrEqual(0);
    left.splice(at, 1);
  }
  const inserted = changes.filter(([action]) => action === 'INSERT');
  return [...left, ...texts(inserted.map(([, , ...row]) => row))].sort();
}

describe('a table changed at random', () => {
  it.each([1, 2, 3, 4, 5, 6])('is at every version what it was, seed %d', async (seed) => {
    const next = numbers(seed);
    await run(session, 'create or replace table t (id int, v int) change_tracking = true');
    const states: { readonly time: string; readonly rows: string[] }[] = [];
    for (let at = 0; at < STATEMENTS; at += 1) {
      clock.advance(1);
      const isOpen = next(4) === 0;
      if (isOpen) await run(session, 'begin');
      await run(session, statementOf(next));
      if (isOpen) {
        await run(session, statementOf(next));
        await run(session, next(3) === 0 ? 'rollback' : 'commit');
      }
      if (at === 20) await run(session, 'alter table t add column extra int default 1');
      if (at === 24) await run(session, 'alter table t drop column extra');
      states.push({ time: clock.literal(), rows: await all() });
    }

    for (const { time, rows: expected } of states) {
      expect(await all(`at (timestamp => ${time})`)).toEqual(expected);
    }
    for (let pair = 0; pair < 25; pair += 1) {
      const from = next(states.length - 1);
      const to = from + 1 + next(states.length - from - 1);
      const clause =
        `changes (information => default) at (timestamp => ${states[from]?.time}) ` +
        `end (timestamp => ${states[to]?.time})`;
      const changes = await rows(
        session,
        `select metadata$action, metadata$row_id, id, v from t ${clause}`,
      );
      expect(applied(states[from]?.rows ?? [], changes)).toEqual(states[to]?.rows);
      const pairs = changes.map(([action, rowId]) => `${action} ${rowId}`);
      expect(new Set(pairs).size).toBe(pairs.length);
    }
  });

  it('is carried over by a stream, however often it is consumed', async () => {
    const next = numbers(7);
    await run(session, 'create or replace table t (id int, v int)');
    await run(session, 'create or replace stream s on table t');
    let carried: string[] = [];
    for (let at = 0; at < STATEMENTS; at += 1) {
      await run(session, statementOf(next));
      if (next(3) > 0) continue;
      await run(
        session,
        'create or replace table batch as select metadata$action a, metadata$row_id r, id, v from s',
      );
      carried = applied(carried, await rows(session, 'select a, r, id, v from batch'));
      expect(carried).toEqual(await all());
      expect(await rows(session, 'select * from s')).toEqual([]);
    }
  });
});

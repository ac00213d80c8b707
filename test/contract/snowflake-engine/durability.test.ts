import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '#local/snowflake/engine.ts';
import { rows, run } from '#test/helpers/stand-in-engine.ts';

const WRITER = fileURLToPath(new URL('./write-until-killed.ts', import.meta.url));

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stand-in-kill-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Lines of the writer until one is `line`, then the process is killed without warning. */
async function writeUntil(line: string, mode: string): Promise<string[]> {
  const writer: ChildProcess = spawn(process.execPath, [WRITER, dataDir, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(writer, 'exit');
  const seen: string[] = [];
  for await (const each of createInterface({ input: writer.stdout as NodeJS.ReadableStream })) {
    seen.push(each);
    if (each === line) writer.kill('SIGKILL');
  }
  await exited;
  return seen;
}

async function reopen<T>(
  work: (query: (sql: string) => Promise<(string | null)[][]>) => Promise<T>,
) {
  const engine = await createEngine({ dataDir });
  const session = await engine.openSession({ user: 'T', database: 'DB', warehouse: 'COMPUTE_WH' });
  try {
    return await work((sql) => rows(session, sql));
  } finally {
    await engine.close();
  }
}

describe('an engine killed with SIGKILL', () => {
  it('has every row whose INSERT was answered', async () => {
    const seen = await writeUntil('committed 40', 'rows');
    const answered = seen.filter((line) => line.startsWith('committed')).length;
    await reopen(async (query) => {
      const [[count]] = (await query('select count(*) from t where id > 0')) as [[string]];
      expect(Number(count)).toBeGreaterThanOrEqual(answered);
    });
  });

  it('has nothing of a transaction that was open', async () => {
    await writeUntil('open', 'rows');
    await reopen(async (query) => {
      expect(await query('select count(*), min(id) from t')).toEqual([['60', '1']]);
      expect(await query("select count(*) from t where filler = 'changed'")).toEqual([['0']]);
      const counted = "select row_count from information_schema.tables where table_name = 'T'";
      expect(await query(counted)).toEqual([['60']]);
    });
  });

  it('has every object whose DDL was answered, and its catalog entry', async () => {
    const seen = await writeUntil('created 8', 'tables');
    await reopen(async (query) => {
      const created = seen.filter((line) => line.startsWith('created')).length;
      const names = await query(
        "select table_name from information_schema.tables where startswith(table_name, 'T_')",
      );
      expect(names.length).toBeGreaterThanOrEqual(created);
      for (const [name] of names) expect(await query(`select a, b from ${name}`)).toHaveLength(1);
      for (const [name] of names) expect(await query(`select a from v_${name}`)).toHaveLength(1);
    });
  });

  it('has each stream where its last commit left it, and the past of its table', async () => {
    const seen = await writeUntil('consumed 25', 'stream');
    const consumed = seen.filter((line) => line.startsWith('consumed')).length;
    await reopen(async (query) => {
      const moved = async () => Number((await query('select count(*) from target'))[0]?.[0]);
      const before = await moved();
      expect(before).toBeGreaterThanOrEqual(consumed);
      expect(await query('select count(*) - count(distinct id) from target')).toEqual([['0']]);
      const fresh = 'from changes where not metadata$isupdate';
      const [[left]] = (await query(`select count(*) ${fresh}`)) as [[string]];
      await query(`insert into target select id ${fresh}`);
      expect(await query('select count(*) from changes')).toEqual([['0']]);
      expect(await moved()).toBe(before + Number(left));
      const first = "at (timestamp => '1999-01-01'::timestamp_ntz)";
      await expect(query(`select * from source ${first}`)).rejects.toThrow('not available');
      const now = await query('select id from source at (offset => 0) order by id');
      expect(now).toEqual(await query('select id from source order by id'));
    });
  });

  it('takes new writes after it, with ids and identities that go on', async () => {
    await writeUntil('created 2', 'tables');
    await reopen(async (query) => {
      await query("insert into t_1 (b) values ('again')");
      const ids = await query('select a from t_1 order by a');
      expect(new Set(ids.map(([id]) => id)).size).toBe(2);
      await query('create table fresh (a int)');
      expect(await query('select count(*) from fresh')).toEqual([['0']]);
    });
  });
});

describe('an engine closed and opened again', () => {
  it('keeps databases, tables, views, sequences, warehouses and their details', async () => {
    const engine = await createEngine({ dataDir });
    const session = await engine.openSession({ user: 'T', warehouse: 'COMPUTE_WH' });
    for (const sql of [
      'create database db',
      "create table t (a int not null default 5 comment 'the a', b varchar(7), primary key (a))",
      "insert into t (b) values ('x')",
      'create view v as select b from t',
      'create sequence s start 10 increment 5',
      'create warehouse small_wh warehouse_size = small',
      'create temporary table gone (a int)',
    ]) {
      await run(session, sql);
    }
    await engine.close();
    await reopen(async (query) => {
      expect((await query('desc table t'))[0]?.slice(0, 6)).toEqual([
        ...['A', 'NUMBER(38,0)', 'COLUMN', 'N', '5', 'Y'],
      ]);
      expect(await query('select * from v')).toEqual([['x']]);
      expect(await query('select s.nextval')).toEqual([['10']]);
      expect(await query("show warehouses like 'SMALL%'")).toHaveLength(1);
      expect(await query("show tables like 'gone'")).toEqual([]);
    });
  });

  it('refuses a second process while one has it open', async () => {
    const engine = await createEngine({ dataDir });
    const lines = await writeUntil('never', 'rows').catch((error: unknown) => [String(error)]);
    expect(lines).toEqual(['locked']);
    await engine.close();
  });
});

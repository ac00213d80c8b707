import { randomUUID } from 'node:crypto';
import { createEngine } from '#local/snowflake/engine.ts';

/** Writes to the engine in a folder and says on stdout what was answered, until it is killed. */

const [dataDir = '', mode] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

const engine = await createEngine({ dataDir }).catch(() => undefined);
if (!engine) {
  say('locked');
  process.exit(0);
}
const open = () => engine.openSession({ user: 'W', database: 'DB', warehouse: 'COMPUTE_WH' });
const session = await open();
const run = (sql: string) => session.execute(sql, { queryId: randomUUID() });
await run('create database if not exists db');

async function writeRows(): Promise<void> {
  await run('create table t (id int, filler varchar)');
  for (let id = 1; id <= 60; id += 1) {
    await run(`insert into t values (${id}, repeat('x', 1000))`);
    say(`committed ${id}`);
  }
  await run('begin');
  await run("insert into t values (-1, 'never committed')");
  await run("update t set filler = 'changed'");
  say('open');
  setInterval(() => undefined, 1000);
}

/** Every kind of change to a table, with defaults that are constants, functions and sequences. */
async function writeTables(): Promise<void> {
  await run('create sequence numbers');
  for (let at = 1; ; at += 1) {
    const draft = `draft_${at}`;
    await run(
      `create table ${draft} (a int identity, c int, b varchar default 'b', t timestamp_ntz default current_timestamp())`,
    );
    await run(`insert into ${draft} (b) values ('x')`);
    await run(
      `alter table ${draft} add column n int default numbers.nextval, u varchar default concat('a', 'b')`,
    );
    await run(`alter table ${draft} drop column c`);
    await run(`alter table ${draft} alter column n drop default, column u set not null`);
    await run(`alter table ${draft} rename column u to v`);
    await run(
      `create or alter table ${draft} (a int identity, b varchar default 'b', n number(38,0), w float default pi())`,
    );
    await run(`create or replace table other_${at} (x int default 5)`);
    await run(`create or replace table other_${at} (x varchar(5) not null, y int)`);
    await run(`alter table other_${at} alter column x type varchar(9), column x drop not null`);
    await run(`alter table other_${at} add column z int not null default 7`);
    await run(`create table swap_${at} clone other_${at}`);
    await run(`alter table swap_${at} swap with other_${at}`);
    await run(`drop table swap_${at}`);
    await run(`create or replace schema s_${at}`);
    await run(`create table s_${at}.inner_t (a int identity)`);
    await run(`drop schema s_${at}`);
    await run('use schema db.public');
    await run(`alter table ${draft} rename to t_${at}`);
    await run(`create or replace view v_t_${at} as select a from t_${at}`);
    say(`created ${at}`);
  }
}

/** Each row moves through a stream; every change to the tables is in a version that stays. */
async function consumeStream(): Promise<void> {
  await run('create table source (id int)');
  await run('create table target (id int)');
  await run('create stream changes on table source');
  for (let id = 1; ; id += 1) {
    await run(`insert into source values (${id})`);
    await run('begin');
    await run('insert into target select id from changes where not metadata$isupdate');
    await run(`update source set id = -id where id = ${id - 1}`);
    await run('commit');
    say(`consumed ${id}`);
  }
}

const WRITERS: Readonly<Record<string, () => Promise<void>>> = {
  rows: writeRows,
  tables: writeTables,
  stream: consumeStream,
};
await WRITERS[mode ?? '']?.();

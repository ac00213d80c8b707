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

async function writeTables(): Promise<never> {
  for (let at = 1; ; at += 1) {
    await run(`create table t_${at}_draft (a int identity, c int, b varchar default 'b')`);
    await run(`alter table t_${at}_draft drop column c`);
    await run(`insert into t_${at}_draft (b) values ('x')`);
    await run(`create or replace view v_t_${at} as select a from t_${at}`).catch(() => undefined);
    await run(`alter table t_${at}_draft rename to t_${at}`);
    await run(`create or replace view v_t_${at} as select a from t_${at}`);
    say(`created ${at}`);
  }
}

await (mode === 'rows' ? writeRows() : writeTables());

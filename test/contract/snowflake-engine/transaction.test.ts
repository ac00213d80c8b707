import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transaction } from '#local/snowflake/session/transaction.ts';
import type { StoreConnection } from '#local/snowflake/storage/connection.ts';
import { openStore, type Store } from '#local/snowflake/storage/database.ts';
import { WriteLock } from '#local/snowflake/storage/write-lock.ts';

const WAIT = { lockTimeoutSeconds: 60 };

let dataDir: string;
let store: Store;
let lock: WriteLock;
let connections: StoreConnection[];
let first: Transaction;
let second: Transaction;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stand-in-tx-'));
  store = await openStore(dataDir);
  lock = new WriteLock();
  connections = [await store.connect([]), await store.connect([])];
  [first, second] = connections.map((each) => new Transaction(each, lock, () => undefined)) as [
    Transaction,
    Transaction,
  ];
  await run(first, 'CREATE TABLE t (a INTEGER)');
});

afterEach(async () => {
  for (const connection of connections) connection.close();
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const run = (transaction: Transaction, sql: string, isVolatile = false) =>
  transaction.write({ ...WAIT, isVolatile }, (work) => work.run(sql));

const values = (transaction: Transaction) =>
  transaction.read(async (connection) => {
    const rows = await connection.rows('SELECT a FROM t ORDER BY a');
    return rows.map(({ a }) => a);
  });

describe('Transaction', () => {
  it('commits each statement that is alone', async () => {
    await run(first, 'INSERT INTO t VALUES (1)');
    expect(await values(second)).toEqual([1]);
  });

  it('shows its own writes to itself only, until the commit', async () => {
    first.begin();
    await run(first, 'INSERT INTO t VALUES (1)');
    expect(await values(first)).toEqual([1]);
    expect(await values(second)).toEqual([]);
    await first.commit();
    expect(await values(second)).toEqual([1]);
  });

  it('undoes everything at the rollback', async () => {
    first.begin();
    await run(first, 'INSERT INTO t VALUES (1)');
    await run(first, 'INSERT INTO t VALUES (2)');
    await first.rollback();
    expect(await values(first)).toEqual([]);
    expect(first.isOpen).toBe(false);
  });

  it('reads what others have committed before the statement, as READ COMMITTED does', async () => {
    first.begin();
    expect(await values(first)).toEqual([]);
    await run(second, 'INSERT INTO t VALUES (7)');
    expect(await values(first)).toEqual([7]);
    await run(first, 'UPDATE t SET a = a + 1');
    await first.commit();
    expect(await values(second)).toEqual([8]);
  });

  it('lets a second writer wait instead of failing', async () => {
    first.begin();
    await run(first, 'INSERT INTO t VALUES (1)');
    const waiting = run(second, 'UPDATE t SET a = a * 10');
    await run(first, 'INSERT INTO t VALUES (2)');
    await first.commit();
    expect(await waiting).toBe(2);
    expect(await values(first)).toEqual([10, 20]);
  });

  it('keeps earlier statements when one fails, and goes on', async () => {
    first.begin();
    await run(first, 'INSERT INTO t VALUES (1)');
    await expect(
      run(first, "INSERT INTO t SELECT 'x'::INTEGER FROM range(2)"),
    ).rejects.toMatchObject({
      code: '100038',
    });
    await run(first, 'INSERT INTO t VALUES (2)');
    await first.commit();
    expect(await values(second)).toEqual([1, 2]);
  });

  it('keeps earlier statements when a query fails', async () => {
    first.begin();
    await run(first, 'INSERT INTO t VALUES (1)');
    const failing = first.read((connection) => connection.rows("SELECT error('no') FROM t"));
    await expect(failing).rejects.toMatchObject({ code: '000603' });
    expect(await values(first)).toEqual([1]);
    await first.commit();
    expect(await values(second)).toEqual([1]);
  });

  it('undoes the steps of a statement that fails at a later step', async () => {
    first.begin();
    await run(first, 'INSERT INTO t VALUES (1)');
    const failing = first.write(WAIT, async (work) => {
      await work.run('INSERT INTO t VALUES (2)');
      throw new Error('the statement was refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect(await values(first)).toEqual([1]);
    await first.rollback();
  });

  it('ends with the statement, saying so, when earlier ones cannot be run again', async () => {
    first.begin();
    await run(first, 'INSERT INTO t SELECT (random() * 100)::INTEGER', true);
    await expect(run(first, "INSERT INTO t VALUES ('x')")).rejects.toMatchObject({
      code: '100038',
      message: expect.stringContaining('has rolled back the whole transaction'),
    });
    expect(first.isOpen).toBe(false);
    expect(await values(second)).toEqual([]);
  });

  it('gives the lock free after a failure', async () => {
    await expect(run(first, 'INSERT INTO nowhere VALUES (1)')).rejects.toMatchObject({
      code: '002003',
    });
    await run(second, 'INSERT INTO t VALUES (1)');
    expect(await values(first)).toEqual([1]);
  });
});

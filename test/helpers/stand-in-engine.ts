import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type EngineOptions } from '#local/snowflake/engine.ts';
import type {
  Engine,
  EngineSession,
  ExecuteOptions,
  StatementResult,
} from '#local/snowflake/statement.ts';

export type WireRow = (string | null)[];

export interface TestEngine {
  readonly engine: Engine;
  readonly dataDir: string;
  /** A session with database DB, schema PUBLIC and a warehouse. */
  session(): Promise<EngineSession>;
  close(): Promise<void>;
}

/** An engine of its own over a new folder, with the database DB. */
export async function openTestEngine(
  clock?: () => Date,
  more: Partial<EngineOptions> = {},
): Promise<TestEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stand-in-'));
  const engine = await createEngine({ dataDir, ...(clock ? { clock } : {}), ...more });
  const session = () =>
    engine.openSession({ user: 'TESTER', database: 'DB', warehouse: 'COMPUTE_WH' });
  await run(await session(), 'create database db');
  return {
    engine,
    dataDir,
    session,
    async close() {
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs one statement under a query id of its own. */
export function run(
  session: EngineSession,
  sql: string,
  options: Partial<ExecuteOptions> = {},
): Promise<StatementResult> {
  return session.execute(sql, { queryId: randomUUID(), ...options });
}

/** All rows of a result in wire form. */
export async function rowsOf({ result }: StatementResult): Promise<WireRow[]> {
  const texts = await Promise.all(result.partitions.map((partition) => partition.read()));
  return JSON.parse(`[${texts.join(',')}]`);
}

/** The rows of a statement in wire form. */
export async function rows(session: EngineSession, sql: string): Promise<WireRow[]> {
  return rowsOf(await run(session, sql));
}

/** The rows of a statement as objects by column name. */
export async function records(
  session: EngineSession,
  sql: string,
): Promise<Record<string, string | null>[]> {
  const answer = await run(session, sql);
  const names = answer.result.columns.map(({ name }) => name);
  const all = await rowsOf(answer);
  return all.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])));
}

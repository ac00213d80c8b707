import { readFileSync } from 'node:fs';
import { createEngine, type EngineOptions } from '#local/snowflake/engine.ts';
import type { StandIn } from '#local/snowflake/server.ts';
import { snowflakeWarehouse } from '#src/adapters/snowflake/snowflake-warehouse.ts';
import type { PipelineDocument } from '#src/model/pipeline.ts';
import type { SnowflakeCredentials } from '#src/ports/credentials.ts';
import type { Warehouse } from '#src/ports/warehouse.ts';
import { startTestStandIn, type TestStandIn } from './snowflake-client.ts';

/** A stand-in with the real engine, on a free port. */
export const startSource = (options: Partial<EngineOptions> = {}): Promise<TestStandIn> =>
  startTestStandIn({ engine: (dataDir) => createEngine({ dataDir, ...options }) });

/** Where in the stand-in a test works. */
export const connectionTo = ({ credentials }: StandIn): PipelineDocument['snowflake'] => ({
  account: credentials.account,
  warehouse: credentials.warehouse,
  database: credentials.database,
  schema: credentials.schema,
  role: credentials.role,
  authentication: 'key_pair',
});

/** The log-in as the secret holds it; `accessUrl` may lead through a proxy. */
export const loginOf = (
  { accessUrl, credentials }: StandIn,
  through = accessUrl,
): SnowflakeCredentials => ({
  account: credentials.account,
  accessUrl: through,
  user: credentials.user,
  privateKey: readFileSync(credentials.privateKeyPath, 'utf8'),
  pat: credentials.pat,
});

export const openSource = (
  standIn: StandIn,
  connection: Partial<PipelineDocument['snowflake']> = {},
): Warehouse =>
  snowflakeWarehouse({
    connection: { ...connectionTo(standIn), ...connection },
    credentials: { read: async () => loginOf(standIn), forget: () => undefined },
    retry: { attempts: 3, baseMs: 10 },
  });

/** Runs statements one after the other. */
export async function runAll(warehouse: Warehouse, ...statements: string[]): Promise<void> {
  for (const sql of statements) {
    await warehouse.waitFor(await warehouse.submit(sql, crypto.randomUUID()));
  }
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { StoreConnection } from './connection.ts';

/** Memory DuckDB may use before it spills to disk, in MB. */
const MEMORY_LIMIT_MB = 640;

/** Run on every connection: times are UTC, and nothing is fetched from the network. */
const SETTINGS = ["SET TimeZone = 'UTC'", "SET streaming_buffer_size = '2MB'"];

/** The one DuckDB file that holds all data and the catalog; a commit is durable when it returns. */
export interface Store {
  /** A connection of its own for one session; `statements` are run on it first. */
  connect(statements: readonly string[]): Promise<StoreConnection>;
  /** Folds the write-ahead log into the file and gives the file free. */
  close(): Promise<void>;
}

async function connect(instance: DuckDBInstance, statements: readonly string[]) {
  const connection = new StoreConnection(await instance.connect());
  for (const statement of [...SETTINGS, ...statements]) await connection.run(statement);
  return connection;
}

/**
 * Opens or creates `<dataDir>/snowflake.duckdb`. DuckDB replays the write-ahead log of a process
 * that was killed.
 * @throws Error when another process has the file open.
 */
export async function openStore(dataDir: string): Promise<Store> {
  await mkdir(dataDir, { recursive: true });
  const instance = await DuckDBInstance.create(join(dataDir, 'snowflake.duckdb'), {
    storage_compatibility_version: 'latest',
    memory_limit: `${MEMORY_LIMIT_MB}MB`,
    temp_directory: join(dataDir, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  return {
    connect: (statements) => connect(instance, statements),
    close: async () => {
      const connection = await connect(instance, []);
      await connection.run('CHECKPOINT').catch(() => undefined);
      connection.close();
      instance.closeSync();
    },
  };
}

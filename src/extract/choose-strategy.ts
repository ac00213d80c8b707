import { TerminalError } from '../errors.ts';
import type { Manifest, Strategy } from '../model/manifest.ts';
import type { ExtractQuery, PipelineDocument } from '../model/pipeline.ts';
import { quoteName, snowflakeText } from '../model/sql-text.ts';
import type { Warehouse } from '../ports/warehouse.ts';

/**
 * From this size of a table on, as Snowflake keeps it, the files are written there: about seven
 * gigabytes of text, which is four or five minutes of fetching.
 */
export const UNLOAD_BYTES = 1024 ** 3;

export interface StrategyRequest {
  readonly warehouse: Warehouse;
  readonly connection: PipelineDocument['snowflake'];
  readonly query: ExtractQuery;
  readonly previous: Manifest | null;
}

/** Parts of a name as Snowflake keeps them: upper case unless they are quoted. */
function nameParts(name: string): string[] {
  const parts = name.match(/"(?:[^"]|"")*"|[^.]+/g) ?? [];
  return parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.trim().toUpperCase(),
  );
}

/**
 * Size of a table; views have none.
 * https://docs.snowflake.com/en/sql-reference/info-schema/tables
 */
export function tableBytesSql(table: string, connection: PipelineDocument['snowflake']): string {
  const [name = '', schema, database] = nameParts(table).reverse();
  const [ownSchema = ''] = nameParts(connection.schema);
  const [ownDatabase = ''] = nameParts(connection.database);
  return (
    `SELECT BYTES FROM ${quoteName(database ?? ownDatabase)}.INFORMATION_SCHEMA.TABLES\n` +
    `WHERE TABLE_SCHEMA = ${snowflakeText(schema ?? ownSchema)} AND TABLE_NAME = ${snowflakeText(name)}`
  );
}

function refuse(query: ExtractQuery, why: string): never {
  throw new TerminalError(`Cannot unload ${query.name}: ${why}`, {
    code: 'CONFIG_INVALID',
    details: { query: query.name },
  });
}

/** Why a query cannot be unloaded; null when it can. */
function obstacle({ connection, query }: StrategyRequest): string | null {
  if (connection.storage_integration === undefined) return 'there is no storage integration';
  if (query.table === undefined) return 'a query by sql has no snapshot';
  if (query.deletes !== 'none') return 'deleted rows come as a result';
  return null;
}

const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(2)} GiB`;

async function chooseBySize(request: StrategyRequest, table: string): Promise<Strategy> {
  const { warehouse, connection, previous } = request;
  if (previous?.strategy !== undefined) {
    const { name } = previous.strategy;
    return { name, reason: `as before: the columns keep their types in the files` };
  }
  const bytes = Number((await warehouse.scalar(tableBytesSql(table, connection))) ?? 0);
  const limit = gibibytes(UNLOAD_BYTES);
  return bytes >= UNLOAD_BYTES
    ? { name: 'unload', reason: `the table has ${gibibytes(bytes)}, ${limit} or more` }
    : { name: 'fetch', reason: `the table has ${gibibytes(bytes)}, less than ${limit}` };
}

/**
 * Whether the rows are fetched or unloaded. `auto` goes by the size of the table, once: files of
 * both kinds hold timestamps as different types, which engines that read the table through the
 * catalog do not take together.
 *
 * @throws TerminalError CONFIG_INVALID when an unload was asked for that cannot be
 */
export async function chooseStrategy(request: StrategyRequest): Promise<Strategy> {
  const { query } = request;
  if (query.strategy === 'fetch') return { name: 'fetch', reason: 'pipeline.yml says so' };
  const why = obstacle(request);
  if (query.strategy === 'unload') {
    if (why === null) return { name: 'unload', reason: 'pipeline.yml says so' };
    const way = 'Set snowflake.storage_integration and name a table, or use strategy fetch.';
    return refuse(query, `${why}. ${way}`);
  }
  if (why !== null) return { name: 'fetch', reason: why };
  return chooseBySize(request, query.table as string);
}

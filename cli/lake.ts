import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetTablesCommand, GlueClient, type Table } from '@aws-sdk/client-glue';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { paths } from '#local/setup/paths.ts';
import { readFilesSql } from '#src/adapters/duckdb/read-files.ts';
import { TerminalError } from '#src/errors.ts';
import { Manifest } from '#src/model/manifest.ts';
import { duckdbText, quoteName } from '#src/model/sql-text.ts';
import { lakeOf, readDocument } from './object-stores.ts';
import { publishedPipelines } from './publish-pipeline.ts';
import type { Stack } from './stack.ts';

/** DuckDB's signed extensions come as Python packages: nothing is downloaded when a query runs. */
const EXTENSIONS = ['httpfs', 'avro', 'iceberg'];

function extensionPath(name: string): string {
  const lib = join(paths.venv, 'lib');
  const python = readdirSync(lib).find((entry) => entry.startsWith('python'));
  const folder = join(lib, python ?? '', 'site-packages', `duckdb_extension_${name}`, 'extensions');
  const [version] = readdirSync(folder);
  return join(folder, version ?? '', `${name}.duckdb_extension`);
}

/** SQL that lets any DuckDB read the lake of this stack. */
export function attachSql({ clientConfig }: Stack): string[] {
  const loads = EXTENSIONS.map((name) => `LOAD ${duckdbText(extensionPath(name))}`);
  const { region, endpoint, credentials } = clientConfig;
  if (endpoint === undefined || credentials === undefined) {
    return [
      ...loads,
      `CREATE OR REPLACE SECRET lake (TYPE s3, PROVIDER credential_chain, REGION ${duckdbText(region)})`,
    ];
  }
  const host = endpoint.replace(/^http:\/\//, '');
  return [
    ...loads,
    `CREATE OR REPLACE SECRET lake (TYPE s3, KEY_ID ${duckdbText(credentials.accessKeyId)}, SECRET ${duckdbText(credentials.secretAccessKey)}, ` +
      `REGION ${duckdbText(region)}, ENDPOINT ${duckdbText(host)}, URL_STYLE 'path', USE_SSL false)`,
  ];
}

async function catalogTables(stack: Stack, DatabaseName: string): Promise<Table[]> {
  const glue = new GlueClient(stack.clientConfig);
  const tables: Table[] = [];
  let NextToken: string | undefined;
  do {
    const page = await glue.send(new GetTablesCommand({ DatabaseName, NextToken }));
    tables.push(...(page.TableList ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return tables;
}

/** Keys of the manifests that count, oldest first: those whose watermark was committed. */
export async function committedManifestKeys(
  stack: Stack,
  pipeline: string,
  query: string,
): Promise<string[]> {
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientConfig));
  const keys: string[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new QueryCommand({
        TableName: stack.outputs.StateTable,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :commit)',
        ExpressionAttributeValues: {
          ':pk': `WATERMARK#${pipeline}#${query}`,
          ':commit': 'COMMIT#',
        },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    );
    keys.push(...(page.Items ?? []).map((item) => String(item.manifestKey)));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return keys;
}

/** Every committed manifest of a query, oldest first. */
export async function readManifests(
  stack: Stack,
  pipeline: string,
  query: string,
): Promise<Manifest[]> {
  const lake = lakeOf(stack);
  const keys = await committedManifestKeys(stack, pipeline, query);
  return Promise.all(keys.map((key) => readDocument(lake, key, Manifest)));
}

/** Bronze is read by its manifests alone: what no manifest names does not exist. */
async function bronzeView(
  stack: Stack,
  pipeline: string,
  table: string,
): Promise<string | undefined> {
  const manifests = await readManifests(stack, pipeline, table);
  const sql = readFilesSql(
    manifests.map(({ files, columns }) => {
      const paths = files.map(({ key }) => `s3://${stack.outputs.LakeBucket}/${key}`);
      return { paths, columns };
    }),
  );
  return sql === null ? undefined : `CREATE OR REPLACE VIEW bronze.${quoteName(table)} AS ${sql}`;
}

const icebergView = (layer: string, table: Table): string | undefined => {
  const location = table.Parameters?.metadata_location;
  return location === undefined
    ? undefined
    : `CREATE OR REPLACE VIEW ${layer}.${quoteName(table.Name ?? '')} AS SELECT * FROM iceberg_scan(${duckdbText(location)})`;
};

/** One view for each table of the lake, named `bronze.<query>`, `silver.<table>` and `gold.<table>`. */
export async function lakeViewsSql(stack: Stack): Promise<string[]> {
  const { SilverDatabase, GoldDatabase } = stack.outputs;
  const queries = (await publishedPipelines(stack)).flatMap((pipeline) =>
    pipeline.extract.queries.map((query) => [pipeline.name, query.name] as const),
  );
  const views = [
    ...(await Promise.all(queries.map(([pipeline, query]) => bronzeView(stack, pipeline, query)))),
    ...(await catalogTables(stack, SilverDatabase)).map((table) => icebergView('silver', table)),
    ...(await catalogTables(stack, GoldDatabase)).map((table) => icebergView('gold', table)),
  ];
  const schemas = ['bronze', 'silver', 'gold'].map((name) => `CREATE SCHEMA IF NOT EXISTS ${name}`);
  return [...schemas, ...views.filter((view) => view !== undefined)];
}

/** A DuckDB of this process with the lake attached. Close the connection when done. */
export async function openLake(stack: Stack): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { allow_unsigned_extensions: 'false' });
  const connection = await instance.connect();
  for (const sql of [...attachSql(stack), ...(await lakeViewsSql(stack))])
    await connection.run(sql);
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** Refuses everything but one statement that reads. Throws CONFIG_INVALID. */
export async function refuseWrites(connection: DuckDBConnection, sql: string): Promise<void> {
  const statements = await connection.extractStatements(sql);
  const prepared = statements.count === 1 ? await statements.prepare(0) : undefined;
  const SELECT = 1;
  if (prepared === undefined || prepared.statementType !== SELECT) {
    throw new TerminalError(
      'Cannot run that: `query` takes one statement that reads. Write one SELECT over bronze.…, silver.… or gold.… .',
      { code: 'CONFIG_INVALID' },
    );
  }
}

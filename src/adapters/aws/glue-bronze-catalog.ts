import {
  BatchCreatePartitionCommand,
  type Column,
  CreateTableCommand,
  GetTableCommand,
  GlueClient,
  type StorageDescriptor,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { TransientError } from '../../errors.ts';
import type { ManifestColumn } from '../../model/manifest.ts';
import type { BronzeCatalog, BronzeTable } from '../../ports/bronze-catalog.ts';
import { callAws, isAwsError } from './translate-error.ts';

export interface GlueBronzeCatalogOptions {
  readonly database: string;
  readonly lakeBucket: string;
  readonly client?: GlueClient;
}

/** Hive's types for DuckDB's, as Athena and Spark read them. */
const HIVE_TYPES: Readonly<Record<string, string>> = {
  BIGINT: 'bigint',
  INTEGER: 'int',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  VARCHAR: 'string',
  BLOB: 'binary',
};

const hiveType = (parquetType: string) => HIVE_TYPES[parquetType] ?? parquetType.toLowerCase();

/** The catalog knows names in lower case only. */
const hiveColumns = (columns: readonly ManifestColumn[]): Column[] =>
  columns.map(({ name, parquetType, type }) => {
    return { Name: name.toLowerCase(), Type: hiveType(parquetType), Comment: type };
  });

const PARQUET = 'org.apache.hadoop.hive.ql.io.parquet';

function storage(location: string, Columns: Column[]): StorageDescriptor {
  return {
    Location: location,
    Columns,
    InputFormat: `${PARQUET}.MapredParquetInputFormat`,
    OutputFormat: `${PARQUET}.MapredParquetOutputFormat`,
    SerdeInfo: { SerializationLibrary: `${PARQUET}.serde.ParquetHiveSerDe` },
  };
}

const tableInput = (query: string, location: string, columns: Column[]): TableInput => ({
  Name: query,
  TableType: 'EXTERNAL_TABLE',
  Parameters: { classification: 'parquet', EXTERNAL: 'TRUE' },
  PartitionKeys: [
    { Name: 'extract_date', Type: 'string' },
    { Name: 'run_id', Type: 'string' },
  ],
  StorageDescriptor: storage(location, columns),
});

/** Columns of the table after a run: those the run has, then those only earlier runs had. */
function joinColumns(known: readonly Column[], current: readonly Column[]): Column[] {
  const names = new Set(current.map(({ Name }) => Name));
  return [...current, ...known.filter(({ Name }) => !names.has(Name))];
}

const signature = (columns: readonly Column[]) =>
  JSON.stringify(columns.map(({ Name, Type }) => [Name, Type]));

interface Place {
  readonly client: GlueClient;
  readonly database: string;
  /** `s3://…/` of the table. */
  readonly location: string;
}

/** Columns the catalog has for a table, or null when it has no such table. */
async function knownColumns({ client, database }: Place, table: string): Promise<Column[] | null> {
  try {
    const answer = await client.send(new GetTableCommand({ DatabaseName: database, Name: table }));
    return answer.Table?.StorageDescriptor?.Columns ?? [];
  } catch (error) {
    if (isAwsError(error, 'EntityNotFoundException')) return null;
    throw error;
  }
}

async function registerTable(place: Place, query: string, columns: Column[]): Promise<void> {
  const { client, database, location } = place;
  const known = await knownColumns(place, query);
  const joined = joinColumns(known ?? [], columns);
  if (known !== null && signature(joined) === signature(known)) return;
  const input = { DatabaseName: database, TableInput: tableInput(query, location, joined) };
  await client.send(known === null ? new CreateTableCommand(input) : new UpdateTableCommand(input));
}

async function registerPartition(
  { client, database, location }: Place,
  { query, partition }: BronzeTable,
  columns: Column[],
): Promise<void> {
  if (partition === undefined) return;
  const { extractDate, runId } = partition;
  const folder = `${location}extract_date=${extractDate}/run_id=${runId}/`;
  const answer = await client.send(
    new BatchCreatePartitionCommand({
      DatabaseName: database,
      TableName: query,
      PartitionInputList: [
        { Values: [extractDate, runId], StorageDescriptor: storage(folder, columns) },
      ],
    }),
  );
  const failure = answer.Errors?.find(
    ({ ErrorDetail }) => ErrorDetail?.ErrorCode !== 'AlreadyExistsException',
  );
  if (failure === undefined) return;
  const error = failure.ErrorDetail?.ErrorCode;
  throw new TransientError(
    `Cannot register a partition of ${database}.${query}: ${error}. Try again.`,
    { code: 'STORE_UNAVAILABLE', details: { error } },
  );
}

/**
 * Bronze tables in the Glue catalog, kept by the commit itself through the API, without a crawler.
 * Each partition keeps the columns its files have; the table has those of all runs.
 *
 * `register` throws STORE_UNAVAILABLE (transient) or STORE_REFUSED.
 */
export function glueBronzeCatalog(options: GlueBronzeCatalogOptions): BronzeCatalog {
  const { database, lakeBucket, client = new GlueClient() } = options;
  return {
    async register(table) {
      const location = `s3://${lakeBucket}/bronze/${table.query}/`;
      const columns = hiveColumns(table.columns);
      await callAws(`register ${database}.${table.query}`, async () => {
        await registerTable({ client, database, location }, table.query, columns);
        await registerPartition({ client, database, location }, table, columns);
      });
    },
  };
}

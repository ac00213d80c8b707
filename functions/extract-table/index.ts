import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import { glueBronzeCatalog } from '#src/adapters/aws/glue-bronze-catalog.ts';
import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { secretsManagerCredentials } from '#src/adapters/aws/secrets-manager-credentials.ts';
import { sfnExecutionStates } from '#src/adapters/aws/sfn-execution-states.ts';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import { queryTagText } from '#src/adapters/snowflake/query-tag.ts';
import { snowflakeWarehouse } from '#src/adapters/snowflake/snowflake-warehouse.ts';
import { systemClock } from '#src/ports/clock.ts';
import { readConfig } from '#src/runtime/read-config.ts';
import { ExtractTableConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = readConfig(ExtractTableConfig);
const credentials = secretsManagerCredentials({ secretArn: config.SNOWFLAKE_SECRET_ARN });
const temporaryDirectory = config.HOME;
const memoryLimitMb = config.DUCKDB_MEMORY_LIMIT_MB;
const database = config.BRONZE_DATABASE;
const files = duckdbFileWriter({ temporaryDirectory, memoryLimitMb });

export const handler = createHandler(
  {
    openWarehouse: (connection, tag) =>
      snowflakeWarehouse({ connection, credentials, queryTag: queryTagText(tag) }),
    lake: s3ObjectStore({ bucket: config.LAKE_BUCKET }),
    pipelines: s3PipelineStore(s3ObjectStore({ bucket: config.ARTIFACTS_BUCKET })),
    watermarks: dynamoWatermarkStore({ table: config.STATE_TABLE }),
    catalog: glueBronzeCatalog({ database, lakeBucket: config.LAKE_BUCKET }),
    files,
    keys: files,
    clock: systemClock,
    executions: sfnExecutionStates(),
    leaseSeconds: config.LEASE_SECONDS,
    scratchDirectory: temporaryDirectory,
    versions: { snowmelt: '0.1.0', duckdb: '1.5.5', node: process.versions.node },
  },
  { logLevel: config.LOG_LEVEL },
);

import { dynamoIntervalStore } from '#src/adapters/aws/dynamo-interval-store.ts';
import { dynamoModelStore } from '#src/adapters/aws/dynamo-model-store.ts';
import { dynamoScheduleStore } from '#src/adapters/aws/dynamo-schedule-store.ts';
import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { sfnExecutionStarter } from '#src/adapters/aws/sfn-execution-starter.ts';
import { createLog } from '#src/runtime/log.ts';
import { readConfig } from '#src/runtime/read-config.ts';
import { OrchestrateConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = readConfig(OrchestrateConfig);
const artifacts = s3ObjectStore({ bucket: config.ARTIFACTS_BUCKET });
const table = config.STATE_TABLE;
const stateMachineArns = {
  extract: config.EXTRACT_STATE_MACHINE_ARN,
  medallion: config.MEDALLION_STATE_MACHINE_ARN,
};

export const handler = createHandler(
  {
    lake: s3ObjectStore({ bucket: config.LAKE_BUCKET }),
    artifacts,
    pipelines: s3PipelineStore(artifacts),
    intervals: dynamoIntervalStore({ table }),
    models: dynamoModelStore({ table }),
    schedules: dynamoScheduleStore({ table }),
    executions: sfnExecutionStarter({ stateMachineArns }),
  },
  createLog({ level: config.LOG_LEVEL }),
);

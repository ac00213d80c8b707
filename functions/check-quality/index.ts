import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { systemClock } from '#src/ports/clock.ts';
import { createLog } from '#src/runtime/log.ts';
import { readConfig } from '#src/runtime/read-config.ts';
import { CheckQualityConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = readConfig(CheckQualityConfig);
const artifacts = s3ObjectStore({ bucket: config.ARTIFACTS_BUCKET });

export const handler = createHandler(
  { artifacts, pipelines: s3PipelineStore(artifacts), clock: systemClock },
  createLog({ level: config.LOG_LEVEL }),
);

import type { z } from 'zod';
import { cloudWatchLogReader } from '#src/adapters/aws/cloudwatch-log-reader.ts';
import { dynamoModelStore } from '#src/adapters/aws/dynamo-model-store.ts';
import { dynamoStatusStore } from '#src/adapters/aws/dynamo-status-store.ts';
import { glueJobRuns } from '#src/adapters/aws/glue-job-runs.ts';
import { s3ModelMetadataStore } from '#src/adapters/aws/s3-model-metadata-store.ts';
import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { sfnRunHistory } from '#src/adapters/aws/sfn-run-history.ts';
import { systemClock } from '#src/ports/clock.ts';
import type { StatusDeps } from '#src/status/status-deps.ts';
import type { StatusPageConfig } from './config.ts';

/** What the status page is made of on AWS. */
export function awsDeps(config: z.infer<typeof StatusPageConfig>): StatusDeps {
  const artifacts = s3ObjectStore({ bucket: config.ARTIFACTS_BUCKET });
  const table = config.STATE_TABLE;
  const stateMachineArns = {
    extract: config.EXTRACT_STATE_MACHINE_ARN,
    medallion: config.MEDALLION_STATE_MACHINE_ARN,
    'train-model': config.TRAIN_MODEL_STATE_MACHINE_ARN,
  };
  return {
    stage: config.STAGE,
    clock: systemClock,
    lake: s3ObjectStore({ bucket: config.LAKE_BUCKET }),
    artifacts,
    pipelines: s3PipelineStore(artifacts),
    models: dynamoModelStore({ table }),
    modelMetadata: s3ModelMetadataStore({ bucket: config.ARTIFACTS_BUCKET }),
    store: dynamoStatusStore({ table }),
    runs: sfnRunHistory({ stateMachineArns }),
    jobs: glueJobRuns(),
    logs: cloudWatchLogReader(),
  };
}

import { z } from 'zod';
import { sharedConfig } from '#src/runtime/read-config.ts';

export const StatusPageConfig = z.object({
  ...sharedConfig,
  LAKE_BUCKET: z.string().min(1).describe('bucket of the manifests'),
  ARTIFACTS_BUCKET: z.string().min(1).describe('bucket of reports, verdicts, models, pipelines'),
  STATE_TABLE: z.string().min(1).describe('table of watermarks, totals, models and failures'),
  EXTRACT_STATE_MACHINE_ARN: z.string().min(1).describe('machine whose runs are shown'),
  MEDALLION_STATE_MACHINE_ARN: z.string().min(1).describe('machine whose runs are shown'),
  TRAIN_MODEL_STATE_MACHINE_ARN: z.string().min(1).describe('machine whose runs are shown'),
  WEB_ROOT: z.string().min(1).describe('folder of the web application, relative to the package'),
});

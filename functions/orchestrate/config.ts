import { z } from 'zod';
import { sharedConfig } from '#src/runtime/read-config.ts';

export const OrchestrateConfig = z.object({
  ...sharedConfig,
  LAKE_BUCKET: z.string().min(1).describe('bucket whose manifests complete intervals'),
  ARTIFACTS_BUCKET: z.string().min(1).describe('bucket of pipelines and interval documents'),
  STATE_TABLE: z.string().min(1).describe('table of intervals, schedules and models'),
  EXTRACT_STATE_MACHINE_ARN: z.string().min(1).describe('machine that a due group starts'),
  MEDALLION_STATE_MACHINE_ARN: z
    .string()
    .min(1)
    .describe('machine that a complete interval starts'),
});

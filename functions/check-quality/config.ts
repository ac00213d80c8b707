import { z } from 'zod';
import { sharedConfig } from '#src/runtime/read-config.ts';

export const CheckQualityConfig = z.object({
  ...sharedConfig,
  ARTIFACTS_BUCKET: z.string().min(1).describe('bucket of reports, verdicts and pipelines'),
});

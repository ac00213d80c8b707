import { z } from 'zod';
import { sharedConfig } from '#src/runtime/read-config.ts';

export const ExtractTableConfig = z.object({
  ...sharedConfig,
  LAKE_BUCKET: z.string().min(1).describe('bucket of the lake'),
  ARTIFACTS_BUCKET: z.string().min(1).describe('bucket of published pipelines'),
  STATE_TABLE: z.string().min(1).describe('table of watermarks'),
  BRONZE_DATABASE: z.string().min(1).describe('Glue database of the bronze tables'),
  SNOWFLAKE_SECRET_ARN: z.string().min(1).describe('secret that holds the Snowflake log-in'),
  DUCKDB_MEMORY_LIMIT_MB: z.coerce
    .number()
    .int()
    .min(128)
    .default(1024)
    .describe("most memory that DuckDB takes; less than the function's, in megabytes"),
  LEASE_SECONDS: z.coerce
    .number()
    .positive()
    .default(1200)
    .describe(
      "how long a run may stay silent before another takes over; more than the function's time-out",
    ),
  HOME: z.string().default('/tmp').describe('the only folder a function may write to'),
});

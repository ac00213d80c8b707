import { z } from 'zod';

/**
 * An object arrived in the lake, as EventBridge says it; the key is not URL-encoded there.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const ObjectCreated = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string() }),
  }),
});

/** The schedule asks which groups are due. */
export const Tick = z.object({
  kind: z.literal('tick'),
  at: z.iso.datetime({ offset: true }),
});

export const OrchestrateEvent = z.union([Tick, ObjectCreated]);
export type OrchestrateEvent = z.infer<typeof OrchestrateEvent>;

export interface OrchestrateResult {
  /** Names of the executions this event started; an event that comes again starts none. */
  readonly started: readonly string[];
}

import { z } from 'zod';

/** Every key that the source had at a comparison; the next one begins with it. */
export const KeyList = z.strictObject({
  key: z.string().describe('object in the lake'),
  manifestKey: z.string().describe('manifest of the run that wrote it'),
  comparedAt: z.string().describe("the source's clock, ISO 8601 UTC"),
});
export type KeyList = z.infer<typeof KeyList>;

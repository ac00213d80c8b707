import { z } from 'zod';

/**
 * A window over the watermark column. Both ends are text in the column's own form (timestamps: UTC,
 * `YYYY-MM-DD HH:MM:SS.nnnnnnnnn`; numbers: every digit); `from: null` means from the beginning. It is half-open,
 * `[from, to)`, unless it is closed.
 */
export const Window = z.strictObject({
  from: z.string().nullable(),
  to: z.string(),
  closed: z
    .literal(true)
    .optional()
    .describe('rows that have `to` itself belong to it: it is the greatest value of the source'),
});
export type Window = z.infer<typeof Window>;

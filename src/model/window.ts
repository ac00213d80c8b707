import { z } from 'zod';

/**
 * A half-open window `[from, to)` over the watermark column. Both ends are text in the column's own
 * order-preserving form (timestamps: UTC, `YYYY-MM-DD HH:MM:SS.nnnnnnnnn`); `from: null` means from the beginning.
 */
export const Window = z.strictObject({ from: z.string().nullable(), to: z.string() });
export type Window = z.infer<typeof Window>;

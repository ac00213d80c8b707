import { z } from 'zod';

/**
 * The checksum of rows, whatever their order: the sums of the upper and of the lower 64 bits of the
 * MD5 of each row's canonical text. What that text is, docs/checksum.md says for every type.
 */
export const CHECKSUM_ALGORITHM = 'md5-sum-1';

export const Checksum = z
  .string()
  .regex(/^md5-sum-1:\d+:\d+$/)
  .describe('md5-sum-1:<sum of the upper 64 bits>:<sum of the lower>, see docs/checksum.md');
export type Checksum = z.infer<typeof Checksum>;

/** The checksum of two sums; those of no rows are null. */
export const checksumOf = (upper: string | null, lower: string | null): Checksum =>
  `${CHECKSUM_ALGORITHM}:${upper ?? '0'}:${lower ?? '0'}`;

const sumsOf = (checksum: Checksum): readonly bigint[] => checksum.split(':').slice(1).map(BigInt);

/** The checksum of all rows, from those of their parts. */
export function addChecksums(checksums: readonly Checksum[]): Checksum {
  let [upper, lower] = [0n, 0n];
  for (const checksum of checksums) {
    const [ownUpper = 0n, ownLower = 0n] = sumsOf(checksum);
    upper += ownUpper;
    lower += ownLower;
  }
  return checksumOf(String(upper), String(lower));
}

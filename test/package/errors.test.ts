import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paths } from '#local/setup/paths.ts';

const read = (...parts: string[]): string => readFileSync(join(paths.root, ...parts), 'utf8');
const codes = [...read('src', 'errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(
  ([, code]) => code,
);

describe('error codes', () => {
  it('are found in src/errors.ts', () => {
    expect(codes).toContain('WAREHOUSE_UNAVAILABLE');
  });

  it.each(codes)('%s is explained in docs/operations.md', (code) => {
    expect(read('docs', 'operations.md')).toMatch(
      new RegExp(`^\\| \`${code}\` \\| [^|]+ \\| [^|]{10,} \\|$`, 'm'),
    );
  });
});

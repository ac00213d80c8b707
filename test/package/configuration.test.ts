import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationDocs } from '#local/setup/configuration-docs.ts';

describe('docs/configuration.md', () => {
  it('is what the schemas of the functions say', async () => {
    expect(readFileSync('docs/configuration.md', 'utf8')).toBe(await configurationDocs());
  });
});

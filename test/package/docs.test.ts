import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedDocs } from '#local/setup/docs.ts';
import { paths } from '#local/setup/paths.ts';

const read = (...parts: string[]): string => readFileSync(join(paths.root, ...parts), 'utf8');

const rows = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
    .map((line) => line.slice(2, -2).split(' | '));

function testSources(): string {
  const folder = join(paths.root, 'test');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|py)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

describe('generated documents', () => {
  it.each(Object.entries(generatedDocs()))('docs/%s is what the code makes', (name, content) => {
    expect(read('docs', name)).toBe(content);
  });
});

describe('docs/specification-map.md', () => {
  const named = [
    ...read('docs', 'specification-map.md').matchAll(/`([\w./-]+\/?[\w.-]*)`/g),
  ].flatMap(([, path]) =>
    path !== undefined && (path.includes('/') || existsSync(join(paths.root, path))) ? [path] : [],
  );

  it('names paths', () => {
    expect(named.length).toBeGreaterThan(15);
  });

  it.each([...new Set(named)])('names %s, which exists', (path) => {
    expect(existsSync(join(paths.root, path))).toBe(true);
  });
});

describe('docs/traps.md', () => {
  const covered = rows(read('docs', 'traps.md')).filter(([id]) => id?.startsWith('T-'));
  const byDecision = covered.filter(([, cover]) => cover?.startsWith('ADR '));
  const sources = testSources();

  it('has each trap once and at most one in ten by decision alone', () => {
    expect(new Set(covered.map(([id]) => id)).size).toBe(covered.length);
    expect(byDecision.length * 10).toBeLessThanOrEqual(covered.length);
  });

  it.each(covered)('%s is covered by "%s"', (_id, cover) => {
    const adr = /^ADR (\d{4})$/.exec(cover ?? '')?.[1];
    if (adr === undefined) expect(sources).toContain(cover);
    else
      expect(
        readdirSync(join(paths.root, 'docs', 'adr')).some((name) => name.startsWith(adr)),
      ).toBe(true);
  });
});

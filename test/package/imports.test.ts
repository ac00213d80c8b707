import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Folders whose code is deployed or shipped, and what each may import of ours. */
const RULES: readonly (readonly [folder: string, allowed: readonly string[]])[] = [
  ['src/errors.ts', []],
  ['src/model', ['src/model', 'src/errors.ts']],
  ['src/ports', ['src/model', 'src/ports', 'src/errors.ts']],
  ['src/runtime', ['src/model', 'src/ports', 'src/runtime', 'src/errors.ts']],
  ['src/adapters/snowflake', ['src/adapters/snowflake', 'src/model', 'src/ports', 'src/errors.ts']],
  ['src/adapters/duckdb', ['src/adapters/duckdb', 'src/model', 'src/ports', 'src/errors.ts']],
  ['src/adapters/aws', ['src/adapters/aws', 'src/model', 'src/ports', 'src/errors.ts']],
  ['src/adapters/memory', ['src/adapters/memory', 'src/model', 'src/ports', 'src/errors.ts']],
  ['functions', ['functions', 'src']],
  ['cli', ['cli', 'src', 'local']],
  ['local', ['local', 'cli', 'src', 'functions']],
  ['web', ['web', 'src/model']],
];

const STAGES = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `src/${name}`)
  .filter((folder) => !RULES.some(([ruled]) => ruled.startsWith(folder)));

/** Vendors' packages, which only adapters and entry points know. */
const VENDOR = /^(@aws-sdk\/|@duckdb\/|snowflake-sdk|apache-arrow|hono)/;

const rules = [
  ...RULES,
  ...STAGES.map((stage) => [stage, [stage, 'src/model', 'src/ports', 'src/errors.ts']] as const),
];

const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/g;

interface Import {
  readonly file: string;
  readonly target: string;
}

function importsOf(file: string): Import[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, from, lazy]) => {
    const target = from ?? lazy ?? '';
    if (target.startsWith('#')) return { file, target: target.slice(1) };
    if (target.startsWith('.')) return { file, target: normalize(join(dirname(file), target)) };
    return { file, target: `package:${target}` };
  });
}

function filesUnder(folder: string): string[] {
  if (folder.endsWith('.ts')) return [folder];
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !/node_modules|dist\//.test(name));
}

const isWithin = (target: string, folder: string) =>
  target === folder || target.startsWith(`${folder}/`);

describe('the import rule', () => {
  it.each(rules)('%s imports of ours only %j', (folder, allowed) => {
    const broken = filesUnder(folder)
      .flatMap(importsOf)
      .filter(({ target }) => !target.startsWith('package:'))
      .filter(({ target }) => !allowed.some((one) => isWithin(target, one)));

    expect(broken).toEqual([]);
  });

  it.each([...STAGES, 'src/model', 'src/ports', 'src/runtime'])('%s knows no vendor', (folder) => {
    const vendors = filesUnder(folder)
      .flatMap(importsOf)
      .filter(({ target }) => VENDOR.test(target.replace('package:', '')));

    expect(vendors).toEqual([]);
  });

  it('finds the stages, and imports in them', () => {
    expect(STAGES).toEqual(expect.arrayContaining(['src/extract', 'src/check', 'src/orchestrate']));
    expect(filesUnder('src/orchestrate').flatMap(importsOf).length).toBeGreaterThan(10);
  });
});

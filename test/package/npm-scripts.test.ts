import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts);

const documents = ['docs', 'examples', 'benchmarks']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
  )
  .concat(readdirSync('.'))
  .filter((name) => name.endsWith('.md'));

const named = documents.flatMap((document) =>
  [...readFileSync(document, 'utf8').matchAll(/npm (?:run (?:-s )?|(?=start|test))([\w:-]+)/g)].map(
    ([, script]) => ({ document, script: script ?? '' }),
  ),
);

describe('npm scripts named in documents', () => {
  it('are named at all', () => {
    expect(documents.length).toBeGreaterThan(0);
  });

  it.each(named)('$document names $script, which exists', ({ script }) => {
    expect(scripts).toContain(script);
  });
});

// npm run docs: writes the documents that are made from the code. A test keeps them true.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Manifest } from '#src/model/manifest.ts';
import { PipelineFile } from '#src/model/pipeline.ts';
import { configurationDocs } from './configuration-docs.ts';
import { localModeMarkdown } from './local-mode.ts';
import { paths } from './paths.ts';

const json = (schema: z.ZodType): string =>
  `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;

/** Path under docs/ → its content, for every generated document. */
export const generatedDocs = (): Readonly<Record<string, string>> => ({
  'pipeline.schema.json': json(PipelineFile),
  'manifest.schema.json': json(Manifest),
  'local-mode.md': localModeMarkdown(),
});

if (import.meta.main) {
  const documents = { ...generatedDocs(), 'configuration.md': await configurationDocs() };
  for (const [name, content] of Object.entries(documents)) {
    writeFileSync(join(paths.root, 'docs', name), content);
    process.stdout.write(`docs/${name}\n`);
  }
}

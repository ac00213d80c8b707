import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ZodObject, type z } from 'zod';
import { sharedConfig } from '#src/runtime/read-config.ts';
import { paths } from './paths.ts';

const HEAD = `# Configuration

Every variable that a function reads. \`serverless.yml\` and the function's \`function.yml\` set them; nothing else
is read from the environment. What a pipeline does is in \`pipeline.yml\`, whose schema is
[pipeline.schema.json](pipeline.schema.json).

Made from \`functions/*/config.ts\` by \`npm run docs\`.
`;

function row(name: string, schema: z.ZodType): string {
  const { defaultValue } = schema.def as { readonly defaultValue?: unknown };
  const fallback = defaultValue === undefined ? 'required' : `\`${String(defaultValue)}\``;
  return `| \`${name}\` | ${schema.description ?? ''} | ${fallback} |`;
}

function table(title: string, shape: Record<string, z.ZodType>): string {
  const rows = Object.entries(shape).map(([name, schema]) => row(name, schema));
  return `\n## ${title}\n\n| Variable | What for | Default |\n|---|---|---|\n${rows.join('\n')}\n`;
}

async function functionTable(name: string): Promise<string> {
  const module = await import(`#functions/${name}/config.ts`);
  const schema = Object.values(module).find((value) => value instanceof ZodObject) as ZodObject;
  const own = Object.entries(schema.shape).filter(([key]) => !(key in sharedConfig));
  return table(name, Object.fromEntries(own) as Record<string, z.ZodType>);
}

/** docs/configuration.md, from the schemas of the functions' environments. */
export async function configurationDocs(): Promise<string> {
  const names = readdirSync(join(paths.root, 'functions')).sort();
  const tables = await Promise.all(names.map(functionTable));
  return [HEAD, table('Every function', sharedConfig), ...tables].join('');
}

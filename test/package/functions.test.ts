import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ZodObject } from 'zod';
import { sharedConfig } from '#src/runtime/read-config.ts';
import { functionKey, functionNames, readFunctionFile } from '#test/helpers/function-files.ts';

const lines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n').length;

async function configSchema(name: string): Promise<ZodObject> {
  const module = await import(`#functions/${name}/config.ts`);
  const schemas = Object.values(module).filter((value) => value instanceof ZodObject);
  expect(schemas).toHaveLength(1);
  return schemas[0] as ZodObject;
}

describe('serverless.yml', () => {
  const text = readFileSync('serverless.yml', 'utf8');

  it('stays short', () => {
    expect(lines('serverless.yml')).toBeLessThanOrEqual(80);
  });

  it.each(functionNames)('lists the function and the resources of %s', (name) => {
    expect(text).toContain(`\${file(functions/${name}/function.yml):functions}`);
    expect(text).toContain(`\${file(functions/${name}/function.yml):resources}`);
  });

  it.each(readdirSync('infra').filter((file) => file.endsWith('.yml')))(
    'or a file that it lists uses infra/%s',
    (file) => {
      const folders = ['functions', 'statemachines'];
      const others = folders.flatMap((folder) =>
        readdirSync(folder, { recursive: true })
          .map(String)
          .filter((name) => name.endsWith('.yml'))
          .map((name) => readFileSync(join(folder, name), 'utf8')),
      );
      expect([text, ...others].some((one) => one.includes(`infra/${file}`))).toBe(true);
    },
  );
});

describe.each(functionNames)('the function %s', (name) => {
  it.each(['index.ts', 'handler.ts', 'config.ts', 'function.yml'])('has its %s', (file) => {
    expect(existsSync(join('functions', name, file))).toBe(true);
  });

  it('is wired and handled in at most 40 lines each', () => {
    expect(lines(join('functions', name, 'index.ts'))).toBeLessThanOrEqual(40);
    expect(lines(join('functions', name, 'handler.ts'))).toBeLessThanOrEqual(40);
  });

  it('is given exactly the variables that it reads', async () => {
    const { functions } = readFunctionFile(name);
    const given = Object.keys(functions[functionKey(name)]?.environment ?? {});
    const shared = Object.keys(sharedConfig);
    const read = Object.keys((await configSchema(name)).shape);

    expect(given.toSorted()).toEqual(read.filter((key) => !shared.includes(key)).toSorted());
  });

  it('says of every variable what it is for', async () => {
    const shared = Object.keys(sharedConfig);

    for (const [key, schema] of Object.entries((await configSchema(name)).shape)) {
      if (!shared.includes(key)) expect(schema.description, key).toBeTruthy();
    }
  });
});

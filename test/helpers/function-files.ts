import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Folders under functions/, one for each Lambda function. */
export const functionNames = readdirSync('functions');

/** Key of a function in serverless.yml: its folder's name in camelCase. */
export const functionKey = (name: string): string =>
  name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());

export interface FunctionFile {
  readonly functions: Readonly<
    Record<string, { readonly role: string; readonly environment: Record<string, unknown> }>
  >;
}

/** function.yml of a function; CloudFormation's tags are read as their values. */
export const readFunctionFile = (name: string): FunctionFile =>
  parse(readFileSync(join('functions', name, 'function.yml'), 'utf8'), { logLevel: 'silent' });

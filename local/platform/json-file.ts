import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a JSON document so that a reader, or a crash, finds the old one or the new one. */
export function writeJsonFile(path: string, document: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  writeFileSync(unfinished, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, path);
}

/** The document at `path`; undefined when there is none, or none that can be read. */
export function readJsonFile<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

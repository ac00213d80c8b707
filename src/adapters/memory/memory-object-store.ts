import { readFile, writeFile } from 'node:fs/promises';
import type { ObjectStore } from '../../ports/object-store.ts';

export interface MemoryObjectStore extends ObjectStore {
  readonly objects: Map<string, Buffer>;
}

/** Objects in memory. */
export function memoryObjectStore(bucket = 'bucket'): MemoryObjectStore {
  const objects = new Map<string, Buffer>();
  return {
    bucket,
    objects,
    async putText(key, text, options = {}) {
      if (options.ifAbsent === true && objects.has(key)) return false;
      objects.set(key, Buffer.from(text));
      return true;
    },
    async putFile(key, path) {
      objects.set(key, await readFile(path));
    },
    async getFile(key, path) {
      const content = objects.get(key);
      if (content !== undefined) await writeFile(path, content);
      return content !== undefined;
    },
    async getText(key) {
      return objects.get(key)?.toString('utf8') ?? null;
    },
    async has(key) {
      return objects.has(key);
    },
    async remove(key) {
      objects.delete(key);
    },
    async list(prefix) {
      return [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
  };
}

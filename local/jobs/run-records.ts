import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '#local/platform/json-file.ts';
import { endUnlessAtHome } from '#local/platform/watch-home.ts';

/** Runs of one kind, each in a file, so that they survive the runner. */
export interface RunRecords<T> {
  get(id: string): T | undefined;
  /** Every run, in no promised order. */
  list(): T[];
  save(id: string, run: T): void;
}

/** Records kept as `<folder>/<id>.json`, read once at the start. */
export function fileRunRecords<T>(folder: string): RunRecords<T> {
  const runs = new Map<string, T>();
  for (const name of readFolder(folder)) {
    const run = readJsonFile<T>(join(folder, name));
    if (run !== undefined) runs.set(name.slice(0, -'.json'.length), run);
  }
  return {
    get: (id) => runs.get(id),
    list: () => [...runs.values()],
    save(id, run) {
      endUnlessAtHome();
      runs.set(id, run);
      writeJsonFile(join(folder, `${id}.json`), run);
    },
  };
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

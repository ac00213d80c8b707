import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { SnowflakeError } from '../statement.ts';
import type { StagedFile, StageStore } from './stage-store.ts';

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Path of a file below the folder. @throws SnowflakeError for a name that leads out of it */
function within(folder: string, name: string): string {
  const path = resolve(folder, name);
  if (path.startsWith(folder + sep)) return path;
  throw new SnowflakeError('091003', '22000', `Failure using stage area. Cause: [${name}]`);
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Files of an internal stage: a folder of this machine, into which PUT writes. */
export function internalStore(root: string): StageStore {
  const folder = resolve(root);
  return {
    async list(prefix) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
        (error) => {
          if (isMissing(error)) return [];
          throw error;
        },
      );
      const names = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .filter((name) => name.startsWith(prefix))
        .sort();
      const files: StagedFile[] = [];
      for (const name of names) {
        const path = within(folder, name);
        const { size, mtime } = await stat(path);
        files.push({ name, sizeBytes: size, contentKey: await md5Of(path), modifiedAt: mtime });
      }
      return files;
    },
    async exists(name) {
      return stat(within(folder, name)).then(
        (found) => found.isFile(),
        () => false,
      );
    },
    async fetch(name) {
      return within(folder, name);
    },
    async put(name, localPath) {
      const path = within(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await copyFile(localPath, `${path}.part`);
      await rename(`${path}.part`, path);
    },
    async remove(name) {
      await rm(within(folder, name), { force: true });
    },
  };
}

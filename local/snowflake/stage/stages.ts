import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { StageCredentials } from '../catalog/model.ts';
import { internalStore } from './internal-store.ts';
import { type ObjectStoreAccess, type S3Place, s3Client, s3Store } from './s3-store.ts';
import type { StageStore } from './stage-store.ts';

/** The files behind the stages of an engine. */
export class Stages {
  readonly #dataDir: string;
  readonly #access: ObjectStoreAccess;
  readonly #clients = new Map<string, S3Client>();

  constructor(dataDir: string, access: ObjectStoreAccess) {
    this.#dataDir = dataDir;
    this.#access = access;
  }

  /** Folder of the files of a named stage, or of a table's own stage. */
  objectFolder(id: number): string {
    return join(this.#dataDir, 'stages', 'objects', String(id));
  }

  /** Folder of the files of `@~`. */
  userFolder(user: string): string {
    return join(this.#dataDir, 'stages', 'users', encodeURIComponent(user));
  }

  /** A folder for the files that one statement needs for a while. */
  scratchFolder(queryId: string): string {
    return join(this.#dataDir, 'scratch', queryId);
  }

  internal(folder: string): StageStore {
    return internalStore(folder);
  }

  external(place: S3Place, keys: StageCredentials | null): StageStore {
    const key = JSON.stringify(keys);
    const client = this.#clients.get(key) ?? s3Client(this.#access, keys);
    this.#clients.set(key, client);
    return s3Store(client, place);
  }

  /** Removes what an object left that is gone. */
  async forget(id: number): Promise<void> {
    await rm(this.objectFolder(id), { recursive: true, force: true });
  }

  /** At the start: removes scratch files, and the files of stages and tables that are no more. */
  async sweep(isThere: (id: number) => boolean): Promise<void> {
    await rm(join(this.#dataDir, 'scratch'), { recursive: true, force: true });
    const folder = join(this.#dataDir, 'stages', 'objects');
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (!isThere(Number(name))) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }
}

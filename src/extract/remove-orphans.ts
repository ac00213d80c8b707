import type { ObjectStore } from '../ports/object-store.ts';
import { bronzeKeys } from './bronze-keys.ts';

/**
 * Removes the files of a run's folder that its manifest does not name: an earlier attempt wrote
 * them, or an unload whose answer nobody got. Engines that go by the catalog read whole folders, so
 * that this comes before its registration.
 */
export async function removeOrphans(
  lake: ObjectStore,
  manifestKey: string,
  named: readonly { readonly key: string }[],
): Promise<void> {
  const { folder, files } = bronzeKeys(manifestKey);
  const kept = new Set(named.map(({ key }) => key));
  for (const key of await lake.list(files)) {
    const isFile = key.endsWith('.parquet') && !key.slice(folder.length).includes('/');
    if (isFile && !kept.has(key)) await lake.remove(key);
  }
}

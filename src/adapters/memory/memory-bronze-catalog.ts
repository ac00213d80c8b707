import type { BronzeCatalog, BronzeTable } from '../../ports/bronze-catalog.ts';

export interface MemoryBronzeCatalog extends BronzeCatalog {
  readonly registered: BronzeTable[];
}

/** A catalog in memory that remembers what was registered. */
export function memoryBronzeCatalog(): MemoryBronzeCatalog {
  const registered: BronzeTable[] = [];
  return {
    registered,
    async register(table) {
      registered.push(table);
    },
  };
}

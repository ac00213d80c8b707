import type { StoreConnection } from '../storage/connection.ts';
import { CATALOG_TABLE, deleteSql, insertSql, loadObjects, touchSql } from './catalog-table.ts';
import type {
  CatalogObject,
  ObjectKind,
  ObjectOf,
  QualifiedName,
  RelationObject,
  StreamObject,
} from './model.ts';
import { duckdbName } from './names.ts';

/**
 * What a statement changes in the catalog; written in its transaction, seen by others after the
 * commit.
 */
export interface CatalogChange {
  readonly put: readonly CatalogObject[];
  readonly remove: readonly CatalogObject[];
}

/** Tables, views and streams share names; every other kind has names of its own. */
function nameSpace(kind: ObjectKind): string {
  return kind === 'VIEW' || kind === 'STREAM' ? 'TABLE' : kind;
}

function keyOf(kind: ObjectKind, { database, schema, name }: QualifiedName): string {
  return JSON.stringify([nameSpace(kind), database, schema, name]);
}

/** The account's objects: in memory for reading, in a table of the store for good. */
export class Catalog {
  readonly #byKey = new Map<string, CatalogObject>();
  readonly #byId = new Map<number, CatalogObject>();
  #nextId = 1;

  static async load(connection: StoreConnection): Promise<Catalog> {
    const catalog = new Catalog();
    await connection.run(CATALOG_TABLE);
    catalog.apply({ put: await loadObjects(connection), remove: [] });
    return catalog;
  }

  /** A number no object has had. */
  newId(): number {
    return this.#nextId++;
  }

  /** Keeps ids up to here from being given again: something outside the catalog still names them. */
  reserveIds(upTo: number): void {
    this.#nextId = Math.max(this.#nextId, upTo + 1);
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  find<K extends ObjectKind>(kind: K, name: QualifiedName): ObjectOf<K> | undefined {
    const found = this.#byKey.get(keyOf(kind, name));
    return found?.kind === kind ? (found as ObjectOf<K>) : undefined;
  }

  /** The table or view of a name. */
  relation(name: QualifiedName): RelationObject | undefined {
    const found = this.named(name);
    return found?.kind === 'STREAM' ? undefined : found;
  }

  /** The table, view or stream of a name. */
  named(name: QualifiedName): RelationObject | StreamObject | undefined {
    return this.#byKey.get(keyOf('TABLE', name)) as RelationObject | StreamObject | undefined;
  }

  /** The object of an id. */
  withId(id: number): CatalogObject | undefined {
    return this.#byId.get(id);
  }

  /** An object of this name whose name differs in case only: DuckDB cannot tell the two apart. */
  caseTwin(kind: ObjectKind, name: QualifiedName): CatalogObject | undefined {
    const wanted = keyOf(kind, name).toLowerCase();
    for (const [key, object] of this.#byKey) {
      if (key.toLowerCase() === wanted && object.name !== name.name) return object;
    }
    return undefined;
  }

  /** Objects of a kind, by database, schema and name. */
  list<K extends ObjectKind>(kind: K): ObjectOf<K>[] {
    const found = [...this.#byId.values()].filter((each) => each.kind === kind) as ObjectOf<K>[];
    return found.sort((a, b) => compareText(sortKey(a), sortKey(b)));
  }

  /** Everything in a database, or in one schema of it. */
  within(database: string, schema?: string): CatalogObject[] {
    return [...this.#byId.values()].filter(
      (each) => each.database === database && (schema === undefined || each.schema === schema),
    );
  }

  /** Writes the change to the store, on a connection that has a transaction open. */
  async write(connection: Pick<StoreConnection, 'run'>, change: CatalogChange): Promise<void> {
    const gone = [...change.remove, ...change.put].map((each) => each.id);
    if (gone.length > 0) await connection.run(deleteSql(gone));
    if (change.put.length > 0) await connection.run(insertSql(change.put));
    for (const object of change.put) {
      if (object.kind !== 'TABLE') continue;
      await connection.run(touchSql(object.id, duckdbName(object), object.alteredAt));
    }
  }

  /** Makes the change seen, once its transaction has committed. */
  apply({ put, remove }: CatalogChange): void {
    for (const object of [...remove, ...put]) {
      const before = this.#byId.get(object.id);
      if (!before) continue;
      this.#byId.delete(before.id);
      this.#byKey.delete(keyOf(before.kind, before));
    }
    for (const object of put) {
      this.#byId.set(object.id, object);
      this.#byKey.set(keyOf(object.kind, object), object);
      this.#nextId = Math.max(this.#nextId, object.id + 1);
    }
  }
}

function sortKey({ database, schema, name }: QualifiedName): string {
  return [database ?? '', schema ?? '', name].join('\u0001');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

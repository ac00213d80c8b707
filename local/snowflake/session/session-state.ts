import { rm } from 'node:fs/promises';
import type { Catalog, CatalogChange } from '../catalog/catalog.ts';
import type {
  CatalogObject,
  ObjectKind,
  ObjectOf,
  QualifiedName,
  RelationObject,
  StageObject,
  StreamObject,
  TableObject,
} from '../catalog/model.ts';
import { displayName, displayObject } from '../catalog/names.ts';
import type { QueryHistory } from '../history/query-history.ts';
import type { Translator } from '../sql/translate.ts';
import type { Stages } from '../stage/stages.ts';
import { type SessionContext, SnowflakeError } from '../statement.ts';
import type { StoreConnection } from '../storage/connection.ts';
import type { ResultStore } from '../storage/result-store.ts';
import type { WriteLock } from '../storage/write-lock.ts';
import type { VersionLog } from '../versions/version-log.ts';
import { VersionRecorder } from '../versions/version-recorder.ts';
import { SessionParameters } from './parameters.ts';
import { Transaction } from './transaction.ts';

/** What all sessions of an engine share. */
export interface EngineParts {
  readonly catalog: Catalog;
  readonly results: ResultStore;
  readonly lock: WriteLock;
  readonly translator: Translator;
  readonly now: () => Date;
  readonly versions: VersionLog;
  readonly stages: Stages;
  readonly history: QueryHistory;
  /** Another connection to the store, with everything that translated SQL needs. */
  readonly connect: () => Promise<StoreConnection>;
}

export interface SessionVariable {
  readonly text: string;
  /** The value as a literal in Snowflake's dialect. */
  readonly literal: string;
  readonly type: string;
  readonly comment: string | null;
}

type Context = { -readonly [K in keyof SessionContext]: SessionContext[K] };

function temporaryKey(kind: ObjectKind, { database, schema, name }: QualifiedName): string {
  return JSON.stringify([kind, database, schema, name]);
}

/** One log-in: its context, parameters, variables, temporary tables and transaction. */
export class SessionState {
  readonly id: number;
  readonly user: string;
  /** CLIENT_APP_ID of the log-in. */
  client: string | undefined;
  readonly engine: EngineParts;
  readonly connection: StoreConnection;
  readonly context: Context = { database: null, schema: null, warehouse: null, role: null };
  readonly parameters = new SessionParameters();
  readonly variables = new Map<string, SessionVariable>();
  readonly transaction: Transaction;
  readonly recorder: VersionRecorder;
  /** Ids of the statements run so far, oldest first. */
  readonly queryIds: string[] = [];
  /** Folders of files that are needed until no transaction is open any more. */
  readonly scratch = new Set<string>();
  /** Temporary views that exist in DuckDB, by name, with their SQL. */
  readonly views = new Map<string, string>();
  readonly #temporary = new Map<string, CatalogObject>();

  constructor(id: number, user: string, engine: EngineParts, connection: StoreConnection) {
    this.id = id;
    this.user = user;
    this.engine = engine;
    this.connection = connection;
    this.recorder = new VersionRecorder(engine.versions, engine.now);
    this.transaction = new Transaction(
      connection,
      engine.lock,
      () => this.views.clear(),
      this.recorder,
    );
  }

  get temporaryTables(): TableObject[] {
    return [...this.#temporary.values()].filter((each) => each.kind === 'TABLE');
  }

  get temporaryStages(): StageObject[] {
    return [...this.#temporary.values()].filter((each) => each.kind === 'STAGE');
  }

  /** A stage, file format and the like: temporary ones hide others. */
  find<K extends ObjectKind>(kind: K, name: QualifiedName): ObjectOf<K> | undefined {
    const temporary = this.#temporary.get(temporaryKey(kind, name)) as ObjectOf<K> | undefined;
    return temporary ?? this.engine.catalog.find(kind, name);
  }

  /** Temporary objects of a kind, and those of all sessions. */
  list<K extends ObjectKind>(kind: K): ObjectOf<K>[] {
    const own = [...this.#temporary.values()].filter((each) => each.kind === kind);
    return [...this.engine.catalog.list(kind), ...(own as ObjectOf<K>[])];
  }

  /** Removes files that statements needed, once no transaction may run them again. */
  async clearScratch(): Promise<void> {
    if (this.transaction.isOpen) return;
    for (const folder of this.scratch) await rm(folder, { recursive: true, force: true });
    this.scratch.clear();
  }

  hasDatabase(name: string): boolean {
    const key = { database: null, schema: null, name };
    return this.engine.catalog.find('DATABASE', key) !== undefined;
  }

  hasSchema(database: string, name: string): boolean {
    if (name === 'INFORMATION_SCHEMA') return this.hasDatabase(database);
    return this.engine.catalog.find('SCHEMA', { database, schema: null, name }) !== undefined;
  }

  /** A name in full, or undefined when it lacks a database or schema and the context has none. */
  qualify(
    parts: readonly string[],
    database: string | null = this.context.database,
    schema: string | null = this.context.schema,
  ): QualifiedName | undefined {
    const [name, ownSchema = schema, ownDatabase = database] = [...parts].reverse();
    if (name === undefined || !ownSchema || !ownDatabase) return undefined;
    return { database: ownDatabase, schema: ownSchema, name };
  }

  /**
   * Name in full of an object of a schema, which must exist. @throws SnowflakeError 090105, 090106,
   * 002003
   */
  requireName(parts: readonly string[], action: string): QualifiedName {
    const name = this.qualify(parts);
    if (!name) {
      const hasDatabase = parts.length === 1 && this.context.database !== null;
      throw noContext(hasDatabase ? 'schema' : 'database', action);
    }
    const { database, schema } = name;
    if (!this.hasDatabase(database ?? '')) throw missing('Database', database ?? '');
    if (!this.hasSchema(database ?? '', schema ?? '')) {
      throw missing('Schema', `${database}.${schema}`);
    }
    return name;
  }

  /**
   * A table or view: temporary ones hide others; unqualified names are also looked up in PUBLIC.
   */
  findRelation(
    parts: readonly string[],
    database: string | null = this.context.database,
    schema: string | null = this.context.schema,
  ): RelationObject | undefined {
    const name = this.qualify(parts, database, schema);
    const found = name && this.relationNamed(name);
    if (found || parts.length > 1 || !database || schema === 'PUBLIC') return found;
    return this.relationNamed({ database, schema: 'PUBLIC', name: parts[0] ?? '' });
  }

  /** A stream, looked up as tables are. */
  findStream(
    parts: readonly string[],
    database: string | null = this.context.database,
    schema: string | null = this.context.schema,
  ): StreamObject | undefined {
    const { catalog } = this.engine;
    const name = this.qualify(parts, database, schema);
    const found = name && catalog.find('STREAM', name);
    if (found || parts.length > 1 || !database) return found;
    return catalog.find('STREAM', { database, schema: 'PUBLIC', name: parts[0] ?? '' });
  }

  relationNamed(name: QualifiedName): RelationObject | undefined {
    const temporary = this.#temporary.get(temporaryKey('TABLE', name));
    return (temporary as TableObject | undefined) ?? this.engine.catalog.relation(name);
  }

  isTemporary(object: CatalogObject): boolean {
    if (object.kind === 'TABLE') return object.persistence === 'temporary';
    return (object.kind === 'STAGE' || object.kind === 'FILE FORMAT') && object.isTemporary;
  }

  /** The part of a change that belongs into the catalog of all sessions. */
  sharedPart({ put, remove }: CatalogChange): CatalogChange {
    const isShared = (object: CatalogObject) => !this.isTemporary(object);
    return { put: put.filter(isShared), remove: remove.filter(isShared) };
  }

  /** Makes a committed change seen. */
  apply(change: CatalogChange): void {
    this.engine.catalog.apply(this.sharedPart(change));
    for (const [key, table] of this.#temporary) {
      const gone = [...change.remove, ...change.put].some(({ id }) => id === table.id);
      if (gone) this.#temporary.delete(key);
    }
    for (const object of change.put) {
      if (this.isTemporary(object)) this.#temporary.set(temporaryKey(object.kind, object), object);
    }
  }
}

/** A statement that needs a database or schema and has none: 090105 or 090106. */
export function noContext(kind: 'database' | 'schema', action: string): SnowflakeError {
  return new SnowflakeError(
    kind === 'schema' ? '090106' : '090105',
    '22000',
    `Cannot perform ${action}. This session does not have a current ${kind}. ` +
      `Call 'USE ${kind.toUpperCase()}', or use a qualified name.`,
  );
}

/** 002003 for a relation or sequence that is not there, by its name in full. */
export function missingObject(
  session: SessionState,
  kind: string,
  parts: readonly string[],
): SnowflakeError {
  const name = session.qualify(parts);
  return missing(kind, name ? displayObject(name) : displayName(parts));
}

/** 002003 for an object that is not there. */
export function missing(kind: string, name: string): SnowflakeError {
  return new SnowflakeError(
    '002003',
    kind === 'Database' || kind === 'Schema' ? '02000' : '42S02',
    `SQL compilation error:\n${kind} '${name}' does not exist or not authorized.`,
  );
}

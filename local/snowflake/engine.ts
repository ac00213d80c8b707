import { Catalog } from './catalog/catalog.ts';
import type { CatalogObject, RoleObject, WarehouseObject } from './catalog/model.ts';
import { LOAD_HISTORY_TABLE } from './copy/load-history.ts';
import { QueryHistory } from './history/query-history.ts';
import { Session } from './session/session.ts';
import { type EngineParts, SessionState } from './session/session-state.ts';
import { loadTranslator, type Translator } from './sql/translate.ts';
import type { ObjectStoreAccess } from './stage/s3-store.ts';
import { Stages } from './stage/stages.ts';
import type { Engine, OpenSession } from './statement.ts';
import { openStore, type Store } from './storage/database.ts';
import { ResultStore } from './storage/result-store.ts';
import { WriteLock } from './storage/write-lock.ts';
import { numberRows } from './versions/migrate.ts';
import { VersionLog } from './versions/version-log.ts';
import { VersionPruner } from './versions/version-pruner.ts';

export interface EngineOptions {
  /** Folder of the store; made when it is not there. One process at a time. */
  readonly dataDir: string;
  /** Time of statements; the machine's when absent. */
  readonly clock?: () => Date;
  /** Old rows kept of one table; beyond it the oldest versions go before their retention ends. */
  readonly historyRows?: number;
  /** How external stages reach S3; as the AWS SDK finds it out when absent. */
  readonly objectStore?: ObjectStoreAccess;
}

const HISTORY_ROWS = 2_000_000;

const SWEEP_MS = 60 * 60 * 1000;

/**
 * Roles that every account has;
 * https://docs.snowflake.com/en/user-guide/security-access-control-overview
 */
const SYSTEM_ROLES = ['ACCOUNTADMIN', 'SECURITYADMIN', 'USERADMIN', 'SYSADMIN', 'PUBLIC'];

/** What a new account holds: the system roles and one warehouse. */
function firstObjects(catalog: Catalog, now: Date): CatalogObject[] {
  const base = (name: string) => ({
    id: catalog.newId(),
    ...{ database: null, schema: null, name, comment: null },
    ...{ createdAt: now, alteredAt: now },
  });
  const roles = SYSTEM_ROLES.map(
    (name): RoleObject => ({ kind: 'ROLE', ...base(name), owner: '' }),
  );
  const warehouse: WarehouseObject = {
    kind: 'WAREHOUSE',
    ...base('COMPUTE_WH'),
    owner: 'ACCOUNTADMIN',
    ...{ size: 'X-Small', autoSuspendSeconds: 600, autoResume: true, isSuspended: false },
  };
  return [...roles, warehouse];
}

async function loadCatalog(store: Store, now: Date): Promise<Catalog> {
  const connection = await store.connect([]);
  const catalog = await Catalog.load(connection);
  await connection.run(LOAD_HISTORY_TABLE);
  if (catalog.list('ROLE').length === 0) {
    const change = { put: firstObjects(catalog, now), remove: [] };
    await connection.run('BEGIN TRANSACTION');
    await catalog.write(connection, change);
    await connection.run('COMMIT');
    catalog.apply(change);
  }
  connection.close();
  return catalog;
}

/** The versions of tables; ids that they name are not given again. */
async function loadVersions(
  store: Store,
  catalog: Catalog,
  { macros }: Translator,
  now: Date,
): Promise<VersionLog> {
  const connection = await store.connect(macros);
  const versions = await VersionLog.load(connection);
  await numberRows(connection, catalog, versions, now);
  const named = catalog.list('STREAM').map(({ tableId }) => tableId);
  catalog.reserveIds(Math.max(0, ...versions.tableIds(), ...named));
  connection.close();
  return versions;
}

/**
 * A session with its context set as far as the named objects exist, as Snowflake does at log-in.
 */
function enterContext(state: SessionState, options: OpenSession): void {
  const { catalog } = state.engine;
  const account = (name: string) => ({ database: null, schema: null, name });
  const { database, schema = 'PUBLIC', warehouse, role = 'ACCOUNTADMIN' } = folded(options);
  if (catalog.find('ROLE', account(role))) state.context.role = role;
  if (warehouse && catalog.find('WAREHOUSE', account(warehouse)))
    state.context.warehouse = warehouse;
  if (!database || !state.hasDatabase(database)) return;
  state.context.database = database;
  if (state.hasSchema(database, schema)) state.context.schema = schema;
}

/** Names as a log-in gives them: in upper case unless quoted. */
function folded(options: OpenSession) {
  const fold = (name: string | undefined) =>
    name?.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name?.toUpperCase();
  return {
    database: fold(options.database) || undefined,
    schema: fold(options.schema) || undefined,
    warehouse: fold(options.warehouse) || undefined,
    role: fold(options.role) || undefined,
  };
}

function setParameters(state: SessionState, parameters: OpenSession['parameters'] = {}): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (state.parameters.get(name.toUpperCase()) !== undefined) {
      state.parameters.set(name.toUpperCase(), String(value));
    }
  }
}

/** Opens the stand-in's engine over a folder; what was committed there before is there again. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, clock, objectStore = {}, historyRows = HISTORY_ROWS } = options;
  const now = clock ?? (() => new Date());
  const store = await openStore(dataDir);
  const catalog = await loadCatalog(store, now());
  const results = await ResultStore.open(dataDir, now);
  const translator = await loadTranslator();
  const stages = new Stages(dataDir, objectStore);
  await stages.sweep((id) => catalog.has(id));
  const versions = await loadVersions(store, catalog, translator, now());
  const history = await QueryHistory.open(await store.connect([]), now);
  const lock = new WriteLock();
  const connect = () => store.connect(translator.macros);
  const parts: EngineParts = {
    ...{ catalog, results, lock, translator, now, versions, stages, history, connect },
  };
  const sessions = new Set<Session>();
  const pruner = new VersionPruner(connect, parts, historyRows);
  await pruner.run();
  const sweep = setInterval(() => {
    void results.sweep();
    void history.sweep();
    void pruner.run();
  }, SWEEP_MS).unref();
  let lastId = 0;
  return {
    async openSession(login) {
      const connection = await connect();
      lastId += 1;
      const state = new SessionState(lastId, login.user, parts, connection);
      state.client = login.client;
      enterContext(state, login);
      setParameters(state, login.parameters);
      const session = new Session(state, (closed) => sessions.delete(closed));
      sessions.add(session);
      return session;
    },
    async close() {
      clearInterval(sweep);
      await Promise.all([...sessions].map((session) => session.close()));
      await history.close();
      await pruner.idle();
      await results.close();
      stages.close();
      await store.close();
    },
  };
}

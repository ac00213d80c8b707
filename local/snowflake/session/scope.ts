import { informationSchemaView } from '../catalog/information-schema.ts';
import type {
  QualifiedName,
  RelationObject,
  StreamObject,
  TableObject,
  ViewObject,
} from '../catalog/model.ts';
import { displayObject, duckdbName, quote, temporaryName } from '../catalog/names.ts';
import {
  accountUsageView,
  type HistoryRelation,
  historyFunction,
  type TableArguments,
} from '../history/history-relations.ts';
import { compilationError, unsupported } from '../sql/errors.ts';
import type { Scope, ScopeColumn, ScopeRelation, ScopeValue } from '../sql/scope.ts';
import type { PointText, Travel } from '../sql/syntax/travels.ts';
import { readStream, streamRelation } from '../stream/read-stream.ts';
import type { PointContext, PointValue } from '../versions/points.ts';
import { travelRelation } from '../versions/travel-relation.ts';
import { inferKey } from './infer-schema.ts';
import { lastQueryId } from './last-query-id.ts';
import { nothingOpened, type Opened, type View } from './opened.ts';
import { TokenReader } from './parse/token-reader.ts';
import type { SessionState } from './session-state.ts';
import { SYSTEM_FUNCTIONS } from './system-functions.ts';
import type { Work } from './transaction.ts';
import { NeedsLookUp } from './translate-with-data.ts';

export interface ScopeOptions {
  readonly now: Date;
  /** Names without a database or schema are looked up here; the session's when absent. */
  readonly database?: string | null;
  readonly schema?: string | null;
  /** A table that is about to be made, for CREATE TABLE … AS. */
  readonly relation?: { readonly parts: readonly string[]; readonly relation: ScopeRelation };
}

/** The session as the translation of one statement sees it. */
export class StatementScope implements Scope {
  readonly user: string;
  readonly database: string | null;
  readonly schema: string | null;
  readonly warehouse: string | null;
  readonly role: string | null;
  readonly now: Date;
  readonly #session: SessionState;
  readonly #options: ScopeOptions;
  readonly #opened: Opened;

  constructor(session: SessionState, options: ScopeOptions, opened?: Opened) {
    const { context } = session;
    this.user = session.user;
    this.database = options.database === undefined ? context.database : options.database;
    this.schema = options.schema === undefined ? context.schema : options.schema;
    this.warehouse = context.warehouse;
    this.role = context.role;
    this.now = options.now;
    this.#session = session;
    this.#options = options;
    this.#opened = opened ?? nothingOpened();
  }

  /** Whether the statement reads or writes tables, for which Snowflake wants a warehouse. */
  get needsWarehouse(): boolean {
    return this.#opened.hasRelations;
  }

  get sessionId(): string {
    return String(this.#session.id);
  }

  lastQueryId(index: number): string | undefined {
    return lastQueryId(this.#session.queryIds, index);
  }

  parameter(name: string) {
    return this.#session.parameters.get(name);
  }

  variable(name: string): string | undefined {
    return this.#session.variables.get(name)?.literal;
  }

  relation(parts: readonly string[], travel?: Travel): ScopeRelation | undefined {
    const given = this.#options.relation;
    if (given && given.parts.join('\0') === parts.join('\0')) return given.relation;
    const stage = this.#stage(parts);
    if (stage) return stage;
    const view = this.#informationSchema(parts) ?? this.#history(accountUsageView(parts));
    if (view) return view;
    const found = this.#session.findRelation(parts, this.database, this.schema);
    if (!found) return this.#stream(parts, travel);
    this.#opened.hasRelations = true;
    if (travel) return travelRelation(found, travel, this.pointContext());
    return found.kind === 'VIEW' ? this.#openView(found) : tableRelation(found);
  }

  /** Offers the rows of a stage to FROM. */
  offerStage(name: string, relation: ScopeRelation): void {
    this.#opened.stages.set(name, relation);
    this.#opened.hasRelations = true;
  }

  sequence(parts: readonly string[]): string | undefined {
    const name = this.#session.qualify(parts, this.database, this.schema);
    const found = name && this.#session.engine.catalog.find('SEQUENCE', name);
    return found ? duckdbName(found) : undefined;
  }

  lookUp(sql: string): readonly string[] {
    const found = this.#opened.lookedUp.get(sql);
    if (!found) throw new NeedsLookUp(sql);
    return found;
  }

  /** Answers what a translation wanted to look up. */
  offerLookUp(sql: string, texts: readonly string[]): void {
    this.#opened.lookedUp.set(sql, texts);
  }

  tableFunction(name: string, args: TableArguments): ScopeRelation | undefined {
    if (name === 'INFER_SCHEMA') {
      return this.#opened.stages.get(inferKey(args.LOCATION ?? '', args.FILE_FORMAT ?? ''));
    }
    return this.#history(
      historyFunction(name, args, {
        SESSION_ID: this.sessionId,
        USER_NAME: this.user,
        WAREHOUSE_NAME: this.warehouse ?? '',
      }),
    );
  }

  resultScan(queryId: string): ScopeRelation | undefined {
    return this.#opened.results.get(queryId);
  }

  /** Streams that the statement reads, also through views, and the version up to which. */
  get streams(): ReadonlyMap<StreamObject, number> {
    return this.#opened.streams;
  }

  #stream(parts: readonly string[], travel: Travel | undefined): ScopeRelation | undefined {
    const stream = this.#session.findStream(parts, this.database, this.schema);
    if (!stream) return undefined;
    if (travel) throw unsupported(`time travel of stream ${displayObject(stream)}`);
    this.#opened.hasRelations = true;
    const reading = readStream(this.#session, stream);
    this.#opened.streams.set(stream, reading.next);
    return streamRelation(stream, reading);
  }

  /** What AT and BEFORE are resolved with. */
  pointContext(): PointContext {
    return {
      log: this.#session.engine.versions,
      now: this.now,
      value: (point) => {
        const value = this.#opened.points.get(pointKey(point));
        if (value === undefined) throw unsupported('time travel within a view');
        return value;
      },
      stream: (name) =>
        this.#session.findStream(new TokenReader(name).name(), this.database, this.schema),
    };
  }

  /** The value of SYSTEM$ functions that the engine knows. */
  systemFunction(name: string, args: readonly string[]): ScopeValue | undefined {
    const known = Object.hasOwn(SYSTEM_FUNCTIONS, name) ? SYSTEM_FUNCTIONS[name] : undefined;
    return known?.(this.#session, args, { database: this.database, schema: this.schema });
  }

  /** Offers the value of a point in time. */
  offerPoint(point: PointText, value: PointValue): void {
    this.#opened.points.set(pointKey(point), value);
  }

  /** Offers the rows of an earlier result to RESULT_SCAN. */
  offerResult(queryId: string, relation: ScopeRelation): void {
    this.#opened.results.set(queryId, relation);
  }

  /** Makes the temporary views that the translated SQL names. */
  async prepare(work: Pick<Work, 'run'>): Promise<void> {
    for (const { name, sql } of this.#opened.views) {
      if (this.#session.views.get(name) === sql) continue;
      await work.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${sql}`);
      this.#session.views.set(name, sql);
    }
  }

  /** @throws SnowflakeError 000002 where a stage cannot be read, as in a view */
  #stage([name, ...others]: readonly string[]): ScopeRelation | undefined {
    if (others.length > 0 || !name?.startsWith('@')) return undefined;
    const found = this.#opened.stages.get(name);
    if (!found) throw unsupported('a stage in this place');
    return found;
  }

  #informationSchema(parts: readonly string[]): ScopeRelation | undefined {
    const [name, schema, database] = [...parts].reverse();
    const isNamed = (schema ?? this.schema) === 'INFORMATION_SCHEMA';
    const owner = database ?? this.database;
    if (!isNamed || !name || !owner || !this.#session.hasDatabase(owner)) return undefined;
    const view = informationSchemaView(owner, name);
    if (!view) return undefined;
    this.#opened.hasRelations = true;
    const duckdb = temporaryName({ database: owner, schema: 'INFORMATION_SCHEMA', name });
    this.#addView({ name: duckdb, sql: view.sql });
    return { duckdbName: duckdb, columns: view.columns };
  }

  #history(found: HistoryRelation | undefined): ScopeRelation | undefined {
    if (!found) return undefined;
    const at = this.#opened.views.length;
    const name = temporaryName({ database: '_SF', schema: 'HISTORY', name: String(at) });
    this.#addView({ name, sql: found.sql });
    return { duckdbName: name, columns: found.columns };
  }

  #openView(view: ViewObject): ScopeRelation {
    if (this.#opened.path.has(view.id)) {
      throw expansionError(view, 'view definition refers to itself');
    }
    const options = { ...this.#options, database: view.database, schema: view.schema };
    const scope = new StatementScope(this.#session, options, this.#opened);
    this.#opened.path.add(view.id);
    const { sql, columns } = this.#session.engine.translator.translateQuery(view.query, scope);
    this.#opened.path.delete(view.id);
    if (columns.length !== view.columns.length) {
      const found = `${view.columns.length} column(s), but view query produces ${columns.length}`;
      throw expansionError(view, `declared ${found}`);
    }
    const names = view.columns.map(({ name }) => quote(name)).join(', ');
    const name = temporaryName(view);
    this.#addView({ name, sql: `SELECT * FROM (${sql}) AS _sf_view(${names})` });
    const named = columns.map((column, at) => renamed(column, view.columns[at]?.name));
    return { duckdbName: name, columns: named };
  }

  #addView(view: View): void {
    if (!this.#opened.views.some(({ name }) => name === view.name)) this.#opened.views.push(view);
  }
}

function pointKey({ kind, text }: PointText): string {
  return `${kind} ${text}`;
}

function renamed(column: ScopeColumn, name: string | undefined): ScopeColumn {
  return { ...column, name: name ?? column.name };
}

/** A table as the translation sees it. */
export function tableRelation(table: RelationObject): ScopeRelation {
  return { duckdbName: physicalName(table), columns: table.columns };
}

/** Where DuckDB keeps a table. */
export function physicalName(table: RelationObject): string {
  const isTemporary = table.kind === 'VIEW' || table.persistence === 'temporary';
  return isTemporary ? temporaryName(table) : duckdbName(table);
}

/** The last identifier of a table's physical name, for RENAME TO. */
export function physicalPart(table: TableObject): string {
  if (table.persistence !== 'temporary') return quote(table.name);
  return physicalName(table).slice('temp.main.'.length);
}

function expansionError(view: QualifiedName, reason: string): Error {
  return compilationError(
    '002037',
    '42601',
    `Failure during expansion of view '${displayObject(view)}': ${reason}`,
  );
}

import type { StreamObject } from '../catalog/model.ts';
import type { ScopeRelation } from '../sql/scope.ts';
import type { PointValue } from '../versions/points.ts';

/** A temporary view of DuckDB. */
export interface View {
  readonly name: string;
  readonly sql: string;
}

/** What one statement shares with the views it opens. */
export interface Opened {
  /** Temporary views to be made before the statement runs, inner ones first. */
  readonly views: View[];
  /** Views being translated, to refuse one that names itself. */
  readonly path: Set<number>;
  /** Whether the statement names a table or view. */
  hasRelations: boolean;
  readonly results: Map<string, ScopeRelation>;
  /** What queries gave that a translation depends on, by their SQL. */
  readonly lookedUp: Map<string, readonly string[]>;
  /** Stages in FROM, by their text. */
  readonly stages: Map<string, ScopeRelation>;
  /** Values of the points in time that the statement names, by their kind and text. */
  readonly points: Map<string, PointValue>;
  /** Streams that it reads, and the version up to which. */
  readonly streams: Map<StreamObject, number>;
}

export function nothingOpened(): Opened {
  return {
    views: [],
    path: new Set(),
    hasRelations: false,
    results: new Map(),
    lookedUp: new Map(),
    stages: new Map(),
    points: new Map(),
    streams: new Map(),
  };
}

import type { SnowflakeType } from '../../types.ts';
import { ambiguousColumn, invalidIdentifier } from '../errors.ts';
import { quoteName, type Typed } from '../expression/typed.ts';

export interface FrameColumn {
  readonly name: string;
  readonly type: SnowflakeType | null;
  readonly nullable: boolean;
  /** DuckDB expression of the column; the qualified name unless said. */
  readonly sql?: string;
  /** Merged into the left side's column by USING or NATURAL: not part of `*`, never ambiguous. */
  readonly merged?: boolean;
}

/** A table in FROM. */
export interface FrameRelation {
  readonly alias: string;
  /** Database, schema and name of a table without alias, for references like `db.schema.t.c`. */
  readonly parts?: readonly string[];
  readonly columns: readonly FrameColumn[];
}

/** A common table expression. */
export interface CommonTable {
  readonly columns: readonly FrameColumn[];
}

export interface ColumnReference {
  readonly name: string;
  readonly table?: string | undefined;
  /** Where it is written, for the message. */
  readonly place?: () => string;
}

/** What the names of one SELECT mean, and of those around it. */
export class Frame {
  readonly parent: Frame | undefined;
  readonly relations: FrameRelation[] = [];
  /** Aliases of the select list so far: a later item, WHERE and the rest may use them. */
  readonly aliases = new Map<string, Typed>();
  private readonly tables = new Map<string, CommonTable>();

  constructor(parent?: Frame) {
    this.parent = parent;
  }

  addCommonTable(name: string, table: CommonTable): void {
    this.tables.set(name, table);
  }

  /**
   * The same common tables and outer names, without what FROM has gathered: how a derived table
   * sees them.
   */
  withoutRelations(): Frame {
    const frame = new Frame(this.parent);
    for (const [name, table] of this.tables) frame.addCommonTable(name, table);
    return frame;
  }

  commonTable(name: string): CommonTable | undefined {
    return this.tables.get(name) ?? this.parent?.commonTable(name);
  }

  /** @throws SnowflakeError 000904 when nothing in reach has the name, 002027 when two do. */
  resolve(reference: ColumnReference): Typed {
    for (let frame: Frame | undefined = this; frame; frame = frame.parent) {
      const found = frame.find(reference) ?? frame.alias(reference);
      if (found) return found;
    }
    const { table, name, place } = reference;
    const written = [table, name].flatMap((part) => part ?? []).map(display);
    throw invalidIdentifier(written.join('.'), place?.());
  }

  /** The column of this SELECT's tables, or undefined. */
  find({ name, table }: ColumnReference): Typed | undefined {
    const position = /^\$([1-9]\d*)$/.exec(name)?.[1];
    const found = this.relations
      .filter((relation) => table === undefined || relation.alias === table)
      .flatMap((relation) => {
        const column = position
          ? relation.columns[Number(position) - 1]
          : relation.columns.find((each) => each.name === name && !(each.merged && !table));
        return column ? [{ relation, column }] : [];
      });
    const [first] = found;
    if (!first) return undefined;
    if (found.length > 1) throw ambiguousColumn(name);
    return columnValue(first.relation, first.column);
  }

  private alias({ name, table }: ColumnReference): Typed | undefined {
    return table === undefined ? this.aliases.get(name) : undefined;
  }
}

export function columnValue(relation: FrameRelation, column: FrameColumn): Typed {
  const sql = column.sql ?? `${quoteName(relation.alias)}.${quoteName(column.name)}`;
  return { sql, type: column.type, nullable: column.nullable };
}

/** A name as Snowflake's messages write it: quoted when it is not plain upper case. */
export function display(name: string): string {
  return /^[A-Z_$][A-Z0-9_$]*$/.test(name) ? name : `"${name}"`;
}

import { duckdbType, type SnowflakeType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { Frame, type FrameColumn } from '../query/frame.ts';
import type { Scope } from '../scope.ts';
import { fieldsOf, kindOf, type Node } from '../syntax/node.ts';
import type { Normalized } from '../syntax/normalized.ts';
import { commonTypeOf } from '../types/common-type.ts';
import { numberType } from '../types/names.ts';
import { type ConvertMode, type ConvertOptions, convert } from './convert.ts';
import type { Rewrite } from './rewrite.ts';
import type { Typed } from './typed.ts';

const NUMBERS_AND_TEXT: ReadonlySet<string> = new Set(['NUMBER', 'TEXT']);

/** A DuckDB query and its columns. */
export interface TypedQuery {
  readonly sql: string;
  readonly columns: readonly FrameColumn[];
}

export interface Rewrites {
  readonly expressions: Readonly<Record<string, Rewrite>>;
  query(node: Node, lowering: Lowering): TypedQuery;
}

/** The translation of one statement: what its parts need to know of each other. */
export class Lowering {
  readonly scope: Scope;
  readonly source: Normalized;
  readonly frame: Frame;
  private readonly rewrites: Rewrites;

  constructor(scope: Scope, source: Normalized, rewrites: Rewrites, frame = new Frame()) {
    this.scope = scope;
    this.source = source;
    this.rewrites = rewrites;
    this.frame = frame;
  }

  /** The same statement seen from another SELECT. */
  within(frame: Frame): Lowering {
    return new Lowering(this.scope, this.source, this.rewrites, frame);
  }

  /** @throws SnowflakeError for whatever the stand-in does not have. */
  expression(node: Node): Typed {
    const kind = kindOf(node);
    const rewrite = this.rewrites.expressions[kind];
    if (!rewrite) throw unsupported(`SQL syntax '${kind.replaceAll('_', ' ')}'`);
    return rewrite(fieldsOf(node), this);
  }

  /** A query in its own frame, inside this one. */
  query(node: Node): TypedQuery {
    return this.rewrites.query(node, this);
  }

  expressions(nodes: readonly Node[]): Typed[] {
    return nodes.map((node) => this.expression(node));
  }

  get timezone(): string {
    return String(this.parameter('TIMEZONE') ?? 'UTC');
  }

  parameter(name: string): string | undefined {
    const value = this.scope.parameter(name);
    return value === undefined || value === '' ? undefined : String(value);
  }

  convert(value: Typed, target: SnowflakeType, mode: ConvertMode = 'cast'): Typed {
    const options: ConvertOptions = {
      timezone: this.timezone,
      parameter: (name) => this.parameter(name),
      mode,
    };
    return convert(value, target, options);
  }

  /** The value with exactly that type, as SQL; a value of no type becomes a typed NULL. */
  sqlAs(value: Typed, target: SnowflakeType): string {
    return this.convert(value, target).sql;
  }

  /** Values brought to the type they have in common. */
  unify(values: readonly Typed[]): {
    readonly values: Typed[];
    readonly type: SnowflakeType | null;
  } {
    const read = this.textsAsNumbers(values);
    const type = commonTypeOf(read.map((value) => value.type));
    if (!type) return { values: read, type };
    return { values: read.map((value) => this.fit(value, type)), type };
  }

  /**
   * Texts beside NUMBERs as numbers: a literal with its own digits after the point, others with
   * five.
   */
  textsAsNumbers(values: readonly Typed[]): Typed[] {
    const names = new Set(values.flatMap((value) => value.type?.name ?? []));
    const areNumbers =
      names.has('NUMBER') && [...names].every((name) => NUMBERS_AND_TEXT.has(name));
    if (!areNumbers) return [...values];
    return values.map((value) => {
      if (value.type?.name !== 'TEXT') return value;
      const digits = /^\s*[+-]?\d*\.?(\d*)\s*$/.exec(value.constant ?? '-')?.[1];
      return this.convert(value, numberType(38, digits?.length ?? 5));
    });
  }

  /** Converted where the DuckDB type would differ; texts of any length are the same. */
  private fit(value: Typed, type: SnowflakeType): Typed {
    if (
      value.type &&
      duckdbType(value.type) === duckdbType(type) &&
      value.type.name === type.name
    ) {
      return value;
    }
    return this.convert(value, type);
  }
}

import type { SnowflakeType } from '../types.ts';

/** An expression of Snowflake SQL, in which variables stand without a colon. */
export type Expression = string;

/** Where a statement stands in its block, for messages. */
interface Placed {
  readonly at: number;
}

/** What a name is declared as: DECLARE and LET share them. */
export type Declaration = Placed &
  (
    | {
        readonly kind: 'variable';
        readonly name: string;
        readonly type: SnowflakeType | null;
        readonly value: Expression | null;
      }
    | { readonly kind: 'cursor'; readonly name: string; readonly source: CursorSource }
    | { readonly kind: 'resultset'; readonly name: string; readonly value: Expression | null }
    | {
        readonly kind: 'exception';
        readonly name: string;
        readonly code: string;
        readonly message: string;
      }
  );

export interface DynamicSource {
  /** EXECUTE IMMEDIATE: an expression that gives the statement, and the binds of USING. */
  readonly dynamic: Expression;
  readonly using: readonly Expression[];
}

/** A statement that is run: as text, or EXECUTE IMMEDIATE. */
export type Source = { readonly sql: string } | DynamicSource;

/** What a cursor reads: a query, or a result set by name. */
export type CursorSource = { readonly sql: string } | { readonly resultSet: string };

interface Branch {
  readonly test: Expression;
  readonly steps: readonly Step[];
}

interface Loop {
  readonly label: string | null;
  readonly steps: readonly Step[];
}

export type Step = Placed &
  (
    | { readonly kind: 'declare'; readonly declaration: Declaration }
    | { readonly kind: 'assign'; readonly name: string; readonly value: Expression }
    | { readonly kind: 'run'; readonly source: Source; readonly into: readonly string[] }
    | { readonly kind: 'block'; readonly block: Block }
    | {
        readonly kind: 'if';
        readonly branches: readonly Branch[];
        readonly otherwise: readonly Step[];
      }
    | ({ readonly kind: 'while'; readonly test: Expression } & Loop)
    | ({ readonly kind: 'repeat'; readonly until: Expression } & Loop)
    | ({ readonly kind: 'loop' } & Loop)
    | ({
        readonly kind: 'count';
        readonly name: string;
        readonly from: Expression;
        readonly to: Expression;
        readonly isReverse: boolean;
      } & Loop)
    | ({ readonly kind: 'each'; readonly name: string; readonly over: string } & Loop)
    | { readonly kind: 'break' | 'continue'; readonly label: string | null }
    | { readonly kind: 'open'; readonly name: string; readonly using: readonly Expression[] }
    | { readonly kind: 'fetch'; readonly name: string; readonly into: readonly string[] }
    | { readonly kind: 'close'; readonly name: string }
    | { readonly kind: 'return'; readonly value: Expression | null }
    | { readonly kind: 'return table'; readonly value: Expression }
    | { readonly kind: 'raise'; readonly name: string | null }
    | { readonly kind: 'nothing' }
  );

export interface Handler {
  /** Names of exceptions, STATEMENT_ERROR, EXPRESSION_ERROR or OTHER. */
  readonly names: readonly string[];
  readonly steps: readonly Step[];
}

/** https://docs.snowflake.com/en/developer-guide/snowflake-scripting/blocks */
export interface Block {
  readonly declarations: readonly Declaration[];
  readonly steps: readonly Step[];
  readonly handlers: readonly Handler[];
}

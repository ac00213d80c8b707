import type { SnowflakeType } from '../../types.ts';
import type { Travel } from './travels.ts';

/**
 * A statement in the plain SQL that the parser reads without knowing Snowflake: every name quoted
 * and folded, string literals, types and functions replaced by their index (`'3'`, `T3`, `F3`),
 * paths as subscripts, every select item named.
 */
export interface Normalized {
  readonly source: string;
  readonly text: string;
  readonly literals: readonly string[];
  readonly types: readonly SnowflakeType[];
  readonly functions: readonly string[];
  /** Tables at another time; the text names them by `_sf_travel_` and their index. */
  readonly travels: readonly Travel[];
  /** Pairs of an offset in `text` and the offset in `source` it comes from, ascending. */
  readonly offsets: readonly (readonly [number, number])[];
}

/** Offset in the source of an offset in the normalized text. */
export function sourceOffset(normalized: Normalized, offset: number): number {
  let found = 0;
  for (const [out, source] of normalized.offsets) {
    if (out > offset) break;
    found = source;
  }
  return found;
}

/** Gathers the text of a normalized statement, and what stands behind the indexes in it. */
export class NormalizedWriter {
  readonly literals: string[] = [];
  readonly types: SnowflakeType[] = [];
  readonly functions: string[] = [];
  readonly offsets: [number, number][] = [];
  text = '';

  /** Writes a piece that comes from that offset of the source. */
  write(piece: string, sourceStart: number): void {
    this.offsets.push([this.text.length, sourceStart]);
    this.text += `${piece} `;
  }

  literal(value: string, sourceStart: number): void {
    this.literals.push(value);
    this.write(`'${this.literals.length - 1}'`, sourceStart);
  }

  openCall(name: string, sourceStart: number): void {
    this.functions.push(name);
    this.write(`F${this.functions.length - 1}(`, sourceStart);
  }

  type(type: SnowflakeType, sourceStart: number): void {
    this.types.push(type);
    this.write(`T${this.types.length - 1}`, sourceStart);
  }
}

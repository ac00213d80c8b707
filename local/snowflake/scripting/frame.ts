import type { Answer } from '../session/answer.ts';
import { compilationError } from '../sql/errors.ts';
import type { SnowflakeType } from '../types.ts';
import type { CursorSource } from './model.ts';
import type { Value } from './value.ts';

/** One row of a cursor, by column name. */
export type RecordValue = ReadonlyMap<string, Value>;

/** What a name of a block stands for. */
export type Slot =
  | { readonly kind: 'variable'; readonly type: SnowflakeType | null; value: Value }
  | { readonly kind: 'record'; readonly value: RecordValue }
  | { readonly kind: 'resultset'; answer: Answer | null }
  | {
      readonly kind: 'cursor';
      readonly source: CursorSource;
      rows: AsyncIterator<RecordValue> | null;
    }
  | { readonly kind: 'exception'; readonly code: string; readonly message: string };

type SlotOf<K extends Slot['kind']> = Extract<Slot, { kind: K }>;

/** The names of one block, inside those of the blocks around it. */
export class Frame {
  readonly #parent: Frame | undefined;
  readonly #slots = new Map<string, Slot>();

  constructor(parent?: Frame) {
    this.#parent = parent;
  }

  set(name: string, slot: Slot): void {
    this.#slots.set(name, slot);
  }

  find(name: string): Slot | undefined {
    return this.#slots.get(name) ?? this.#parent?.find(name);
  }

  /** @throws SnowflakeError 000904 when nothing of that kind has the name */
  get<K extends Slot['kind']>(name: string, kind: K): SlotOf<K> {
    const slot = this.find(name);
    if (slot?.kind === kind) return slot as SlotOf<K>;
    throw compilationError('000904', '42000', `invalid identifier '${name}'`);
  }
}

import { compilationError, invalidArguments } from '../errors.ts';
import { isTimestamp, typeText } from '../types/names.ts';
import { datePart, shiftByPart } from './date-parts.ts';
import type { Lowering } from './lowering.ts';
import { type Typed, textLiteral } from './typed.ts';

const INTERVALS = new WeakMap<Typed, readonly (readonly [amount: string, part: string])[]>();

/** `INTERVAL '1 day, 2 hours'`; it may only be added to a date or time, or taken from one. */
export function intervalLiteral(text: string): Typed {
  const parts = text.split(',').map((piece) => {
    const match = /^\s*([+-]?\d+)\s*([A-Za-z]*)\s*$/.exec(piece);
    if (!match?.[1]) {
      throw compilationError('001003', '42000', `invalid interval '${text}'`);
    }
    return [match[1], datePart(match[2] || 'second')] as const;
  });
  const value = textLiteral(text);
  INTERVALS.set(value, parts);
  return value;
}

export function isInterval(value: Typed): boolean {
  return INTERVALS.has(value);
}

export function addInterval(base: Typed, interval: Typed, negative: boolean, lowering: Lowering) {
  const { type } = base;
  if (type?.name !== 'DATE' && type?.name !== 'TIME' && !isTimestamp(type)) {
    throw invalidArguments('+', [typeText(type), 'INTERVAL']);
  }
  const parts = INTERVALS.get(interval) ?? [];
  return parts.reduce((value, [amount, part]) => {
    const count = negative ? String(-Number(amount)) : amount;
    return shiftByPart(value, part, `(${count})`, lowering);
  }, base);
}

/**
 * Decimal numbers as text, with every digit: a NUMBER of the source has up to 38, a JavaScript
 * number 15.
 */

const DECIMAL = /^([+-]?)0*(\d+)(?:\.(\d+))?$/;

interface Scaled {
  readonly digits: bigint;
  readonly scale: number;
}

function scaled(text: string): Scaled {
  const [whole = '', fraction = ''] = text.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

/** Both numbers as whole ones of the same unit. */
function align(a: string, b: string): readonly [bigint, bigint, number] {
  const [one, other] = [scaled(a), scaled(b)];
  const scale = Math.max(one.scale, other.scale);
  const lift = ({ digits, scale: own }: Scaled) => digits * 10n ** BigInt(scale - own);
  return [lift(one), lift(other), scale];
}

/** Reads a decimal number as people and the source write it; null when the text is none. */
export function parseDecimal(text: string): string | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '0', fraction] = match;
  const number = fraction === undefined ? whole : `${whole}.${fraction}`;
  return sign === '-' ? `-${number}` : number;
}

/** Below zero when a is less than b, above when it is greater. */
export function compareDecimals(a: string, b: string): number {
  const [one, other] = align(a, b);
  return one < other ? -1 : one > other ? 1 : 0;
}

/** a - b, with as many digits after the point as the longer of them. */
export function subtractDecimals(a: string, b: string): string {
  const [one, other, scale] = align(a, b);
  const difference = one - other;
  const digits = String(difference < 0n ? -difference : difference).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return difference < 0n ? `-${text}` : text;
}

/** Digits after the point. */
export const decimalScale = (text: string): number => scaled(text).scale;

/**
 * Instants as text, `YYYY-MM-DD HH:MM:SS.nnnnnnnnn` in UTC: nine digits because a Date has three
 * and a source's timestamps up to nine, and of fixed width so that the order of texts is the order
 * of instants.
 */

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_DAY = 86_400n * NANOS_PER_SECOND;

const DAY = String.raw`(\d{4}-\d{2}-\d{2})`;
const TIME = String.raw`(\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?`;
const ZONE = String.raw`(Z|[+-]\d{2}:?\d{2})`;
const INSTANT = new RegExp(`^${DAY}(?:[T ]${TIME})?\\s*${ZONE}?$`);

/** Nanoseconds since 1970 of an instant in our form. */
export function toNanos(instant: string): bigint {
  const milliseconds = Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 19)}Z`);
  return BigInt(milliseconds) * 1_000_000n + BigInt(instant.slice(20));
}

/** The instant, in our form, of nanoseconds since 1970. */
export function fromNanos(nanos: bigint): string {
  const fraction = ((nanos % NANOS_PER_SECOND) + NANOS_PER_SECOND) % NANOS_PER_SECOND;
  const whole = new Date(Number((nanos - fraction) / 1_000_000n)).toISOString();
  return `${whole.slice(0, 10)} ${whole.slice(11, 19)}.${String(fraction).padStart(9, '0')}`;
}

/** An instant some seconds earlier; fractions of a second count. */
export const subtractSeconds = (instant: string, seconds: number): string =>
  fromNanos(toNanos(instant) - BigInt(Math.round(seconds * 1e9)));

/** The last day or fraction of a second, with so many digits, that is not later than an instant. */
export function floorInstant(instant: string, precision: 'day' | number): string {
  const unit = precision === 'day' ? NANOS_PER_DAY : 10n ** BigInt(9 - precision);
  const nanos = toNanos(instant);
  return fromNanos(nanos - (((nanos % unit) + unit) % unit));
}

/**
 * Reads an instant as people write it: a date, or a date and time with at most nine digits and an
 * optional zone. Without a zone it is UTC. Null when the text is not an instant.
 */
export function parseInstant(text: string): string | null {
  const match = INSTANT.exec(text.trim());
  if (match === null) return null;
  const [, date, time = '00:00', seconds = '00', digits = '', zone = 'Z'] = match;
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const milliseconds = Date.parse(`${date}T${time}:${seconds}${offset}`);
  if (Number.isNaN(milliseconds)) return null;
  return fromNanos(BigInt(milliseconds) * 1_000_000n + BigInt(digits.padEnd(9, '0')));
}

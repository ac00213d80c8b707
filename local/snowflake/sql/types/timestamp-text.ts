/** Dates and times in text, as Snowflake's AUTO formats read them. */

export interface ParsedTimestamp {
  readonly date: string;
  /** Nanoseconds since midnight. */
  readonly nanos: bigint;
  /** Minutes east of UTC, when the text says. */
  readonly offset: number | undefined;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const CLOCK = String.raw`(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9})\d*)?)?)?`;
const ZONE = String.raw`(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?`;
const PATTERN = new RegExp(String.raw`^\s*([^\sT]+)(?:(?:T|\s+)${CLOCK})?\s*${ZONE}\s*$`, 'i');
const TIME_PATTERN = new RegExp(String.raw`^\s*${CLOCK}\s*$`);
const DATES: readonly [RegExp, (match: RegExpExecArray) => [string, string, string]][] = [
  [/^(\d{4})-(\d{1,2})-(\d{1,2})$/, ([, y = '', m = '', d = '']) => [y, m, d]],
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, ([, m = '', d = '', y = '']) => [y, m, d]],
  [/^(\d{1,2})-([a-z]{3})-(\d{4})$/i, ([, d = '', m = '', y = '']) => [y, monthOf(m), d]],
];

function monthOf(name: string): string {
  return String(MONTHS.indexOf(name.toLowerCase()) + 1);
}

function readDate(text: string): string | undefined {
  for (const [pattern, parts] of DATES) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [year, month, day] = parts(match);
    const date = new Date(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T00:00:00Z`);
    const ok = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
    return ok ? date.toISOString().slice(0, 10) : undefined;
  }
  return undefined;
}

function readClock(parts: readonly (string | undefined)[]): bigint | undefined {
  const [hour = '0', minute = '0', second = '0', fraction = ''] = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second);
  return seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function readOffset(zone: string | undefined): number | undefined {
  if (!zone) return undefined;
  if (/^(z|utc)$/i.test(zone)) return 0;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/**
 * Whole numbers in text are seconds, milliseconds, microseconds or nanoseconds since 1970, by size.
 */
function readEpoch(text: string): ParsedTimestamp | undefined {
  if (!/^\s*-?\d+\s*$/.test(text)) return undefined;
  const value = BigInt(text.trim());
  const size = value < 0n ? -value : value;
  const units = [31_536_000_000n, 31_536_000_000_000n, 31_536_000_000_000_000n];
  const unit = units.findIndex((limit) => size < limit);
  const nanos = value * 1000n ** BigInt(unit < 0 ? 0 : 3 - unit);
  const day = 86_400_000_000_000n;
  const inDay = ((nanos % day) + day) % day;
  const date = new Date(Number((nanos - inDay) / 1_000_000n)).toISOString().slice(0, 10);
  return { date, nanos: inDay, offset: undefined };
}

/** A date or timestamp in one of the AUTO formats we read, or undefined. */
export function parseTimestampText(text: string): ParsedTimestamp | undefined {
  const epoch = readEpoch(text);
  if (epoch) return epoch;
  const match = PATTERN.exec(text);
  const date = readDate(match?.[1] ?? '');
  const nanos = readClock(match?.slice(2, 6) ?? []);
  if (!match || !date || nanos === undefined) return undefined;
  return { date, nanos, offset: readOffset(match[6]) };
}

/** Nanoseconds since midnight of a time of day, or undefined. */
export function parseTimeText(text: string): bigint | undefined {
  const match = TIME_PATTERN.exec(text);
  return match ? readClock(match.slice(1, 5)) : undefined;
}

/** `HH:MM:SS.nnnnnnnnn` of nanoseconds since midnight. */
export function clockText(nanos: bigint): string {
  const seconds = Number(nanos / 1_000_000_000n);
  const parts = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${clock}.${String(nanos % 1_000_000_000n).padStart(9, '0')}`;
}

import { DataType, type Field, tableFromIPC } from 'apache-arrow';
import type { ResultColumn } from '../../statement.ts';
import { LARGEST_SCALED_DIGITS, LARGEST_SCALED_TZ_DIGITS } from './fields.ts';

type Write = (value: never) => string;

const NANO_DIGITS = 9;

/** A scaled integer with its point. */
function pointed(scaled: bigint, digits: number): string {
  if (digits === 0) return String(scaled);
  const text = String(scaled < 0n ? -scaled : scaled).padStart(digits + 1, '0');
  return `${scaled < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const seconds = (scaled: bigint, digits: number): string =>
  pointed(scaled * 10n ** BigInt(NANO_DIGITS - digits), NANO_DIGITS);

interface Instant {
  readonly epoch: bigint;
  readonly fraction: number;
  readonly timezone: number;
}

const joined = ({ epoch, fraction }: Instant): string =>
  pointed(epoch * 1_000_000_000n + BigInt(fraction), NANO_DIGITS);

/** 128 bits as words of 32, the lowest first. */
function fromWords(words: Uint32Array): bigint {
  const value = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(128, value);
}

function real(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}

/** What writes a column's values in the driver's wire form (see ResultPartition). */
function writer({ type, scale }: ResultColumn, field: Field): Write {
  const digits = scale ?? 0;
  switch (type) {
    case 'fixed':
      return DataType.isDecimal(field.type)
        ? (value: Uint32Array) => pointed(fromWords(value), digits)
        : (value: bigint | number) => pointed(BigInt(value), digits);
    case 'real':
      return real;
    case 'boolean':
      return (value: boolean) => (value ? '1' : '0');
    case 'date':
      return (value: number) => String(value / 86_400_000);
    case 'time':
      return (value: bigint) => seconds(value, digits);
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return digits > LARGEST_SCALED_DIGITS ? joined : (value: bigint) => seconds(value, digits);
    case 'timestamp_tz':
      return digits > LARGEST_SCALED_TZ_DIGITS
        ? (value: Instant) => `${joined(value)} ${value.timezone}`
        : (value: Instant) => `${seconds(value.epoch, digits)} ${value.timezone}`;
    case 'binary':
      return (value: Uint8Array) => Buffer.from(value).toString('hex').toUpperCase();
    default:
      return String;
  }
}

/** The rows of an Arrow stream as the text of a JSON partition. */
export function decodeRows(bytes: Buffer, columns: readonly ResultColumn[]): string {
  const table = tableFromIPC(bytes);
  const cells = columns.map((column, at) => {
    const write = writer(column, table.schema.fields[at] as Field);
    const vector = table.getChildAt(at);
    return (row: number): string | null => {
      const value = vector?.get(row);
      return value === null || value === undefined ? null : write(value as never);
    };
  });
  return Array.from({ length: table.numRows }, (_, row) =>
    JSON.stringify(cells.map((cell) => cell(row))),
  ).join(',');
}

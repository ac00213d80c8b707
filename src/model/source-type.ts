/** A type of the source, in its words; as `SourceColumn` of the warehouse has it. */
export interface SourceType {
  readonly type: string;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
}

/** Most digits of a NUMBER. */
const MOST_DIGITS = 38;

/** Fractional digits of a time that says nothing of them. */
const MOST_FRACTION = 9;

const DECLARED = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?$/;

/** A type as it is declared at the source, for example NUMBER(38,0). */
export function declaredType({ type, precision, scale, length }: SourceType): string {
  if (type === 'NUMBER') return `NUMBER(${precision ?? MOST_DIGITS},${scale ?? 0})`;
  if (type === 'TIME' || type.startsWith('TIMESTAMP')) return `${type}(${scale ?? MOST_FRACTION})`;
  if (type === 'TEXT') return length === null ? 'VARCHAR' : `VARCHAR(${length})`;
  if (type === 'BINARY') return length === null ? type : `BINARY(${length})`;
  return type;
}

/** The type that `declaredType` has written. */
function parseDeclared(text: string): SourceType {
  const [, name = text, first, second] = DECLARED.exec(text) ?? [];
  const size = first === undefined ? null : Number(first);
  const none = { precision: null, scale: null, length: null };
  if (name === 'NUMBER')
    return { ...none, type: name, precision: size, scale: Number(second ?? 0) };
  if (name.startsWith('TIME')) return { ...none, type: name, scale: size };
  return { ...none, type: name === 'VARCHAR' ? 'TEXT' : name, length: size };
}

/** A column from the declared type that a manifest has for it. */
export const columnOfType = (name: string, declared: string, nullable = true) => ({
  name,
  nullable,
  ...parseDeclared(declared),
});

function widestNumber(a: SourceType, b: SourceType): SourceType | null {
  const digits = ({ precision, scale }: SourceType) => (precision ?? MOST_DIGITS) - (scale ?? 0);
  const scale = Math.max(a.scale ?? 0, b.scale ?? 0);
  const precision = Math.max(digits(a), digits(b)) + scale;
  return precision > MOST_DIGITS ? null : { ...a, precision, scale };
}

/** Types whose values are JSON; each OBJECT and ARRAY is a VARIANT. */
const SEMI_STRUCTURED: ReadonlySet<string> = new Set(['VARIANT', 'OBJECT', 'ARRAY']);

/**
 * The narrowest type that holds every value of both, digit by digit and with the same meaning; null
 * when there is none. NUMBERs keep their integer and their fractional digits, texts and binaries
 * the greater length, times the greater fraction; an OBJECT or ARRAY becomes a VARIANT. A date is
 * no timestamp, no timestamp is one of another kind, and nothing becomes a text or a FLOAT.
 */
export function joinTypes(a: SourceType, b: SourceType): SourceType | null {
  if (a.type !== b.type) {
    const isJson = SEMI_STRUCTURED.has(a.type) && SEMI_STRUCTURED.has(b.type);
    return isJson ? { ...a, type: 'VARIANT' } : null;
  }
  if (a.type === 'NUMBER') return widestNumber(a, b);
  const isOpen = a.length === null || b.length === null;
  const length = isOpen ? null : Math.max(a.length, b.length);
  const isTime = a.type.startsWith('TIME');
  const scale = isTime ? Math.max(a.scale ?? MOST_FRACTION, b.scale ?? MOST_FRACTION) : a.scale;
  return { ...a, length, scale };
}

import type { SourceColumn } from '../ports/warehouse.ts';

const DECLARED = /^([A-Z_]+)(?:\((\d+)(?:,(\d+))?\))?$/;

/** Snowflake's names of types as it declares them, where they are not those of results. */
const TYPE_NAMES: Readonly<Record<string, string>> = { VARCHAR: 'TEXT' };

/** A column from the declared type that a manifest has for it, for example NUMBER(38,0). */
export function columnOfType(name: string, declared: string): SourceColumn {
  const [, written = declared, first, second] = DECLARED.exec(declared) ?? [];
  const type = TYPE_NAMES[written] ?? written;
  const number = first === undefined ? null : Number(first);
  const isTime = type.startsWith('TIME');
  return {
    name,
    type,
    precision: type === 'NUMBER' ? (number ?? 38) : null,
    scale: type === 'NUMBER' ? Number(second ?? 0) : isTime ? (number ?? 9) : null,
    length: type === 'TEXT' || type === 'BINARY' ? number : null,
    nullable: true,
  };
}

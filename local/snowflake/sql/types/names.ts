import { MAX_TEXT_LENGTH, type SnowflakeType, type SnowflakeTypeName } from '../../types.ts';

const TIMES: ReadonlySet<SnowflakeTypeName> = new Set([
  'TIME',
  'TIMESTAMP_NTZ',
  'TIMESTAMP_LTZ',
  'TIMESTAMP_TZ',
]);

export const BOOLEAN: SnowflakeType = { name: 'BOOLEAN' };
export const FLOAT: SnowflakeType = { name: 'FLOAT' };
export const TEXT: SnowflakeType = { name: 'TEXT', length: MAX_TEXT_LENGTH };
export const DATE: SnowflakeType = { name: 'DATE' };
export const TIME: SnowflakeType = { name: 'TIME', scale: 9 };
export const TIMESTAMP_NTZ: SnowflakeType = { name: 'TIMESTAMP_NTZ', scale: 9 };
export const TIMESTAMP_LTZ: SnowflakeType = { name: 'TIMESTAMP_LTZ', scale: 9 };
export const TIMESTAMP_TZ: SnowflakeType = { name: 'TIMESTAMP_TZ', scale: 9 };
export const VARIANT: SnowflakeType = { name: 'VARIANT' };
export const OBJECT: SnowflakeType = { name: 'OBJECT' };
export const ARRAY: SnowflakeType = { name: 'ARRAY' };
export const BINARY: SnowflakeType = { name: 'BINARY', length: 8_388_608 };
export const INTEGER: SnowflakeType = { name: 'NUMBER', precision: 38, scale: 0 };

export function numberType(precision: number, scale: number): SnowflakeType {
  return { name: 'NUMBER', precision: Math.min(38, precision), scale: Math.min(37, scale) };
}

/** Type of COUNT, ROW_NUMBER and other counts: NUMBER(18,0). */
export const COUNT: SnowflakeType = numberType(18, 0);

export function textType(length: number): SnowflakeType {
  return { name: 'TEXT', length: Math.min(MAX_TEXT_LENGTH, Math.max(1, length)) };
}

/**
 * The type as Snowflake writes it, for example `NUMBER(38,0)` or `VARCHAR(10)`; `NULL` for an
 * untyped NULL.
 */
export function typeText(type: SnowflakeType | null): string {
  if (!type) return 'NULL';
  if (type.name === 'NUMBER') return `NUMBER(${type.precision ?? 38},${type.scale ?? 0})`;
  if (type.name === 'TEXT') return `VARCHAR(${type.length ?? MAX_TEXT_LENGTH})`;
  if (type.name === 'BINARY') return `BINARY(${type.length ?? 8_388_608})`;
  if (TIMES.has(type.name)) return `${type.name}(${type.scale ?? 9})`;
  return type.name;
}

export function isSemiStructured(type: SnowflakeType | null): boolean {
  return type?.name === 'VARIANT' || type?.name === 'OBJECT' || type?.name === 'ARRAY';
}

export function isTimestamp(type: SnowflakeType | null): boolean {
  return type?.name.startsWith('TIMESTAMP') ?? false;
}

export function isNumeric(type: SnowflakeType | null): boolean {
  return type?.name === 'NUMBER' || type?.name === 'FLOAT';
}

export function precisionOf(type: SnowflakeType): number {
  return type.precision ?? 38;
}

export function scaleOf(type: SnowflakeType): number {
  return type.scale ?? 0;
}

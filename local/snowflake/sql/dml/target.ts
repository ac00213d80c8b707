import type { SnowflakeType } from '../../types.ts';
import { invalidIdentifier, notWritable, typeMismatch, unknownObject } from '../errors.ts';
import type { Lowering } from '../expression/lowering.ts';
import { quoteName, type Typed } from '../expression/typed.ts';
import { display, type FrameRelation } from '../query/frame.ts';
import type { ScopeColumn, ScopeRelation } from '../scope.ts';
import { type Fields, nameOf } from '../syntax/node.ts';
import { isSemiStructured, isTimestamp, typeText } from '../types/names.ts';

/** The table a DML statement writes to. */
export interface Target {
  readonly parts: readonly string[];
  readonly relation: ScopeRelation;
  readonly alias: string;
}

/** @throws SnowflakeError 002003 when there is no such table. */
export function findTarget(table: Fields, lowering: Lowering, alias?: string): Target {
  const parts = ['catalog', 'schema', 'name'].flatMap((part) => nameOf(table, part) ?? []);
  const relation = lowering.scope.relation(parts);
  if (!relation) throw unknownObject(parts.map(display).join('.'));
  if (relation.isReadOnly) throw notWritable(parts.map(display).join('.'));
  return { parts, relation, alias: alias ?? nameOf(table, 'alias') ?? parts.at(-1) ?? '' };
}

export function targetRelation({ relation, alias }: Target): FrameRelation {
  return { alias, columns: relation.columns };
}

/** Columns by name, or all when no names are given. @throws SnowflakeError 000904 */
export function targetColumns(target: Target, names: readonly string[]): readonly ScopeColumn[] {
  if (names.length === 0) return target.relation.columns;
  return names.map((name) => {
    const column = target.relation.columns.find((each) => each.name === name);
    if (!column) throw invalidIdentifier(display(name));
    return column;
  });
}

/**
 * Whether INSERT and UPDATE convert by themselves;
 * https://docs.snowflake.com/en/sql-reference/data-type-conversion
 */
function assigns(from: SnowflakeType, to: SnowflakeType): boolean {
  if (isSemiStructured(to)) return isSemiStructured(from);
  const isMoment = (type: SnowflakeType) =>
    isTimestamp(type) || type.name === 'DATE' || type.name === 'TIME';
  if (isMoment(to)) return isMoment(from) || from.name === 'TEXT' || from.name === 'VARIANT';
  if (to.name === 'BINARY') return from.name === 'BINARY' || from.name === 'TEXT';
  return to.name === 'TEXT' || !isMoment(from);
}

/** A value as the column keeps it. @throws SnowflakeError 002023 when the type does not fit. */
export function assigned(value: Typed, column: ScopeColumn, lowering: Lowering): string {
  if (value.type && !assigns(value.type, column.type)) {
    throw typeMismatch(typeText(column.type), typeText(value.type), column.name);
  }
  return lowering.convert(value, column.type, 'assign').sql;
}

export function columnList(columns: readonly ScopeColumn[]): string {
  return columns.map((column) => quoteName(column.name)).join(', ');
}

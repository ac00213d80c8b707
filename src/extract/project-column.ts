import { declaredType } from '../model/source-type.ts';
import { quoteName } from '../model/sql-text.ts';
import type { SourceColumn } from '../ports/warehouse.ts';
import type { ContractColumn } from './apply-contract.ts';
import { floatDigitsSql } from './source-profile.ts';

/** Types whose values a result as JSON does not hold as they are; see `fetchedColumn`. */
const AS_TEXT: Readonly<Record<string, (value: string) => string>> = {
  FLOAT: floatDigitsSql,
  VARIANT: (value) => `TO_JSON(${value})`,
  OBJECT: (value) => `TO_JSON(${value})`,
  ARRAY: (value) => `TO_JSON(${value})`,
};

/** A column's value in the type that its contract has. */
export function contractValue(column: ContractColumn): string {
  const name = quoteName(column.name);
  if (column.read === undefined) return name;
  if (column.read === 'change') return `'upsert'`;
  return `${column.read === 'null' ? 'NULL' : name}::${declaredType(column)}`;
}

/**
 * A column as it is asked for where results come as JSON: a FLOAT with all its digits, of which
 * such a result leaves some out, and semi-structured values as the one text that the checksum
 * counts, not spread over lines.
 */
export function fetchedColumn(column: ContractColumn): string {
  const name = quoteName(column.name);
  const value = contractValue(column);
  const asText = AS_TEXT[column.type];
  const read = asText === undefined ? value : asText(value);
  return read === name ? name : `${read} AS ${name}`;
}

/** The columns of a result with the types that the source has, for those asked for as text. */
export const restoreTypes = (
  result: readonly SourceColumn[],
  described: readonly SourceColumn[],
): SourceColumn[] =>
  result.map((column) => {
    const source = described.find(({ name }) => name === column.name);
    return source !== undefined && source.type in AS_TEXT && column.type === 'TEXT'
      ? { ...source, nullable: column.nullable }
      : column;
  });

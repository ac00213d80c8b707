import type { CatalogColumn, CatalogTable } from './catalog-table.ts';
import { type QueryProposal, queryName } from './propose-query.ts';

/** The silver type that keeps every value of a column; null when there is none without a conversion. */
export function silverType({ type, precision, scale }: CatalogColumn): string {
  if (type === 'NUMBER') {
    const [digits, fraction] = [precision ?? 38, scale ?? 0];
    return fraction === 0 && digits <= 18 ? 'bigint' : `decimal(${digits},${fraction})`;
  }
  if (type === 'FLOAT') return 'double';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'DATE') return 'date';
  if (type.startsWith('TIMESTAMP')) return 'timestamp';
  return 'string';
}

/** A silver table with the source's columns as they are: where a contract begins. */
export function proposeSilver(table: CatalogTable, { name, key }: QueryProposal) {
  return {
    table: name,
    source: name,
    key: key.map(queryName),
    columns: table.columns.map((column) => {
      const own = queryName(column.name);
      const type = silverType(column);
      return own === column.name.toLowerCase()
        ? { name: own, type }
        : { name: own, type, expression: `\`${column.name}\`` };
    }),
  };
}

/** Checks that follow from the catalog: keys are unique, and what must have a value has one. */
export function proposeChecks(table: CatalogTable, { name, key }: QueryProposal) {
  const base = { layer: 'silver', table: name } as const;
  const required = table.columns.filter(
    ({ name: column, nullable }) => !nullable && !key.includes(column),
  );
  return [
    { name: `${name}_key`, kind: 'unique', ...base, columns: key.map(queryName) },
    ...required.map((column) => ({
      name: `${name}_${queryName(column.name)}`.slice(0, 63),
      kind: 'not_null',
      ...base,
      column: queryName(column.name),
    })),
  ];
}

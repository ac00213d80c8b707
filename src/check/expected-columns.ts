import type { PipelineDocument } from '../model/pipeline.ts';

export interface ExpectedColumn {
  readonly name: string;
  /** Null: any type will do. */
  readonly type: string | null;
}

/**
 * What the contract promises of a table: a silver table's columns with their types, a gold table's key. A table that
 * the pipeline does not define promises one column that no table has, so that a check of it cannot pass.
 */
export function expectedColumns(
  pipeline: PipelineDocument,
  layer: 'silver' | 'gold',
  table: string,
): ExpectedColumn[] {
  const none = [{ name: `(no ${layer} table ${table} in the pipeline)`, type: null }];
  if (layer === 'gold') {
    const model = pipeline.gold.find((candidate) => candidate.table === table);
    return model?.key.map((name) => ({ name, type: null })) ?? none;
  }
  const contract = pipeline.silver.find((candidate) => candidate.table === table);
  if (contract === undefined) return none;
  const surrogate =
    contract.surrogate_key === undefined ? [] : [{ name: contract.surrogate_key, type: 'bigint' }];
  return [...surrogate, ...contract.columns.map(({ name, type }) => ({ name, type }))];
}

/** Spark writes types in lower case and without spaces. */
const normal = (type: string) => type.toLowerCase().replaceAll(/\s/g, '');

/** What is missing or of another type, in words. Columns beyond the contract are the job's own and do no harm. */
export function missingColumns(
  expected: readonly ExpectedColumn[],
  columns: readonly { readonly name: string; readonly type: string }[],
): string[] {
  return expected.flatMap(({ name, type }) => {
    const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (found === undefined) return [`${name} is missing`];
    if (type === null || normal(found.type) === normal(type)) return [];
    return [`${name} is ${found.type} instead of ${type}`];
  });
}

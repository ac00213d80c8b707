import { TerminalError } from '../errors.ts';
import type { TablePattern } from '../model/pipeline.ts';
import type { CatalogTable } from './catalog-table.ts';
import { proposeQuery } from './propose-query.ts';

/** `*` stands for any characters; case does not count, as in unquoted names. */
function matcher(pattern: string): (table: CatalogTable) => boolean {
  const parts = pattern.split('.');
  const regex = (text: string) =>
    new RegExp(
      `^${text
        .split('*')
        .map((part) => part.replaceAll(/[^\w]/g, '\\$&'))
        .join('.*')}$`,
      'i',
    );
  const [name, schema] = [
    regex(parts.at(-1) as string),
    parts.length > 1 ? regex(parts[0] as string) : null,
  ];
  return (table) => name.test(table.name) && (schema === null || schema.test(table.schema));
}

export interface ExpandedQuery {
  readonly name: string;
  readonly table: string;
  readonly key: readonly string[];
  readonly watermark_column?: string;
}

/**
 * The queries that a pipeline's patterns stand for: one for each table that matches and that no query names. What a
 * pattern sets wins over what the table proposes; a watermark column that a table does not have is left out for it.
 *
 * @throws TerminalError CONFIG_INVALID when a pattern matches nothing, or tables have no key
 */
export function expandTables(
  patterns: readonly TablePattern[],
  catalog: readonly CatalogTable[],
  named: readonly { readonly name: string }[],
): ExpandedQuery[] {
  const taken = new Set(named.map(({ name }) => name));
  const keyless: string[] = [];
  const expanded = patterns.flatMap(({ like, except, key, watermark_column, ...settings }) => {
    const isMeant = matcher(like);
    const isExcepted = except.map(matcher);
    const tables = catalog.filter((table) => isMeant(table) && !isExcepted.some((is) => is(table)));
    if (tables.length === 0) {
      throw new TerminalError(
        `Cannot expand extract.tables: "${like}" matches no table. Correct the pattern, or the schema it is for.`,
        { code: 'CONFIG_INVALID', details: { like } },
      );
    }
    return tables.flatMap((table) => {
      const proposal = proposeQuery(table);
      if (taken.has(proposal.name)) return [];
      taken.add(proposal.name);
      const ownKey = key ?? (table.primaryKey.length > 0 ? table.primaryKey : []);
      if (ownKey.length === 0) keyless.push(table.name);
      const watermark = watermark_column ?? proposal.watermark_column;
      const has = table.columns.some(({ name }) => name.toUpperCase() === watermark?.toUpperCase());
      return [
        {
          ...settings,
          name: proposal.name,
          table: proposal.table,
          key: ownKey,
          ...(has ? { watermark_column: watermark } : {}),
        } as ExpandedQuery,
      ];
    });
  });
  if (keyless.length === 0) return expanded;
  throw new TerminalError(
    `Cannot expand extract.tables: ${keyless.length} tables declare no primary key: ${keyless.slice(0, 10).join(', ')}` +
      `${keyless.length > 10 ? ', …' : ''}. Set key beside the pattern, list them under except, or give them queries of their own.`,
    { code: 'CONFIG_INVALID', details: { keyless } },
  );
}

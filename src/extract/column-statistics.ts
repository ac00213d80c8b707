import type { ManifestColumn } from '../model/manifest.ts';
import { addProfiles, type RowProfile } from '../model/row-profile.ts';
import type { SourceColumn } from '../ports/warehouse.ts';

/**
 * The columns of the files with what is known of their values; those that the extraction added have
 * none.
 */
export function withStatistics(
  columns: readonly ManifestColumn[],
  source: readonly SourceColumn[],
  profile: RowProfile,
): ManifestColumn[] {
  const known = new Map(source.map(({ name }, at) => [name, profile.columns[at]]));
  return columns.map((column) => ({ ...column, ...known.get(column.name) }));
}

/** The profile of a window's rows, from those of its parts. */
export const profileOfParts = (
  source: readonly SourceColumn[],
  parts: readonly { readonly profile: RowProfile }[],
): RowProfile =>
  addProfiles(
    source,
    parts.map(({ profile }) => profile),
  );

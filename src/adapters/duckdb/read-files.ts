import type { ManifestColumn } from '../../model/manifest.ts';
import { duckdbText, quoteName } from '../../model/sql-text.ts';

/** A column as it is to be read, where its files hold another type. */
function converted(name: string, readAs: string): string {
  const value = quoteName(name);
  if (readAs === 'TIMESTAMP') return `make_timestamp(${value}::BIGINT)`;
  if (readAs === 'TIMESTAMP_NS') return `make_timestamp_ns(${value}::BIGINT)`;
  return `${value}::${readAs}`;
}

export interface FileSet {
  readonly paths: readonly string[];
  readonly columns: readonly ManifestColumn[];
}

/** Sets whose columns are read alike, so that one reader takes their files. */
function joinSets(sets: readonly FileSet[]): FileSet[] {
  const joined = new Map<string, FileSet>();
  for (const { paths, columns } of sets.filter((set) => set.paths.length > 0)) {
    const key = JSON.stringify(columns.map(({ name, readAs }) => [name, readAs]));
    joined.set(key, { paths: [...(joined.get(key)?.paths ?? []), ...paths], columns });
  }
  return [...joined.values()];
}

function readSet({ paths, columns }: FileSet): string {
  const replaced = columns.flatMap(({ name, readAs }) =>
    readAs === undefined ? [] : [`${converted(name, readAs)} AS ${quoteName(name)}`],
  );
  const all = replaced.length === 0 ? '*' : `* REPLACE (${replaced.join(', ')})`;
  const files = `[${paths.map(duckdbText).join(', ')}]`;
  return `SELECT ${all} FROM read_parquet(${files}, union_by_name = true, hive_partitioning = true)`;
}

/**
 * DuckDB SQL that reads the files of manifests as one table: fetched and unloaded files give the
 * same types. Null when there are no files.
 */
export function readFilesSql(sets: readonly FileSet[]): string | null {
  const parts = joinSets(sets).map(readSet);
  return parts.length === 0 ? null : parts.join('\nUNION ALL BY NAME\n');
}

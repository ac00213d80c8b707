/** What the names of unloaded files are made of. */
export interface UnloadNaming {
  /** Path below the stage's root that the statement gives. */
  readonly path: string;
  readonly isSingle: boolean;
  readonly queryId: string | null;
  /** With the first dot: `.snappy.parquet`. */
  readonly extension: string;
}

/**
 * Name of the file with this number, from 0, of a partition: `<path>data_0_0_<n>.csv.gz`. A path
 * that does not end in a slash is the beginning of the names, or the whole name of a single file.
 * https://docs.snowflake.com/en/sql-reference/sql/copy-into-location
 */
export function unloadedName(
  { path, isSingle, queryId, extension }: UnloadNaming,
  index: number,
  partition: string | null,
): string {
  const isFolder = path === '' || path.endsWith('/');
  if (isSingle) return isFolder ? `${path}data` : path;
  const id = queryId === null ? '' : `_${queryId}`;
  const numbered = (base: string) => `${base}${id}_0_0_${index}${extension}`;
  if (partition === null) return isFolder ? `${path}${numbered('data')}` : numbered(path);
  const folder = isFolder ? path : `${path}/`;
  return `${folder}${partition.replace(/^\/|\/$/g, '')}/${numbered('data')}`;
}

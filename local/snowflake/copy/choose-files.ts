import { compilationError } from '../sql/errors.ts';
import type { StagedFile, StageStore } from '../stage/stage-store.ts';

export interface FileChoice {
  /** Path below the stage's root that the statement gives. */
  readonly path: string;
  /** Written before names where PATTERN looks. */
  readonly keyPrefix: string;
  /** FILES: names below the path. */
  readonly files: readonly string[] | null;
  readonly pattern: string | null;
}

/** PATTERN as a test of whole names. @throws SnowflakeError 100048 for one that is no expression */
export function patternTest(pattern: string): (name: string) => boolean {
  try {
    const expression = new RegExp(`^(?:${pattern})$`, 's');
    return (name) => expression.test(name);
  } catch {
    throw compilationError('100048', '2201B', `Invalid regular expression: '${pattern}'`);
  }
}

/**
 * Files of a stage that a statement means, by name. PATTERN is matched against the whole path, or
 * the path below the stage. Objects that stand for folders are left out.
 */
export async function chooseFiles(
  store: StageStore,
  { path, keyPrefix, files, pattern }: FileChoice,
): Promise<{ readonly found: StagedFile[]; readonly missing: string[] }> {
  const all = (await store.list(path)).filter(({ name }) => !name.endsWith('/'));
  const matches = pattern === null ? () => true : patternTest(pattern);
  const isMeant = ({ name }: StagedFile) => matches(name) || matches(keyPrefix + name);
  if (files === null) return { found: all.filter(isMeant), missing: [] };
  const separator = path === '' || path.endsWith('/') ? '' : '/';
  const byName = new Map(all.map((file) => [file.name, file]));
  const named = files.map((name) => byName.get(path + separator + name) ?? byName.get(path + name));
  return {
    found: named.flatMap((file) => (file && isMeant(file) ? [file] : [])),
    missing: files.filter((_, at) => named[at] === undefined),
  };
}

import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every process of a platform has this variable in its environment, handed down to what it starts: so
 * it is found without a record of its number. local/aws/ministack_hooks/home_watch.py reads it as well.
 */
export const PIECE_VARIABLE = 'SNOWMELT_PIECE';

/** Which piece of which platform a process belongs to. */
export interface PieceTag {
  readonly piece: string;
  /** Tells a platform from a later one in the same folder. */
  readonly homeId: string;
  readonly home: string;
}

export const homeIdPath = (home: string): string => join(home, 'platform.id');

/** Id of the platform that lives in a folder; undefined when none does. */
export function readHomeId(home: string): string | undefined {
  try {
    return readFileSync(homeIdPath(home), 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The id of a folder's platform, made when there is none. */
export function ensureHomeId(home: string): string {
  const known = readHomeId(home);
  if (known !== undefined) return known;
  mkdirSync(home, { recursive: true });
  const id = randomUUID();
  writeFileSync(homeIdPath(home), `${id}\n`, { mode: 0o600 });
  return id;
}

/** What a piece's process, and all that it starts, has in its environment. */
export const pieceEnvironment = (home: string, piece: string): NodeJS.ProcessEnv => ({
  [PIECE_VARIABLE]: [piece, ensureHomeId(home), encodeURIComponent(home)].join(':'),
});

/** Reads the variable's value; undefined for what no platform wrote. */
export function readTag(text: string | undefined): PieceTag | undefined {
  const [piece, homeId, home] = text?.split(':') ?? [];
  if (piece === undefined || homeId === undefined || home === undefined) return undefined;
  return { piece, homeId, home: decodeURIComponent(home) };
}

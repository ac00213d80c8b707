import { compilationError } from '../../sql/errors.ts';
import type { TokenReader } from './token-reader.ts';

/** What follows SHOW kind: filters and where to look. */
export interface ShowOptions {
  readonly isTerse: boolean;
  readonly like: string | null;
  /** IN ACCOUNT, IN DATABASE d, IN SCHEMA d.s, IN TABLE t, or IN name. */
  readonly within: { readonly kind: Within; readonly parts: readonly string[] } | null;
  readonly startsWith: string | null;
  readonly limit: number | null;
  /** LIMIT … FROM 'name': only names after it. */
  readonly from: string | null;
}

export type Within = 'ACCOUNT' | 'DATABASE' | 'SCHEMA' | 'TABLE' | 'VIEW' | 'SESSION' | 'NAME';

const KINDS: readonly Within[] = ['ACCOUNT', 'DATABASE', 'SCHEMA', 'TABLE', 'VIEW', 'SESSION'];

function readWithin(reader: TokenReader): ShowOptions['within'] {
  if (!reader.accept('IN')) return null;
  const kind = (reader.acceptOne(...KINDS) as Within | undefined) ?? 'NAME';
  const isNamed = !reader.isAtEnd && !['STARTS', 'LIMIT', 'LIKE'].some((each) => reader.sees(each));
  const parts = isNamed && kind !== 'ACCOUNT' && kind !== 'SESSION' ? reader.name() : [];
  return { kind, parts };
}

/** The options of SHOW, up to the end. */
export function parseShowOptions(reader: TokenReader, isTerse: boolean): ShowOptions {
  const like = reader.accept('LIKE') ? reader.text() : null;
  const within = readWithin(reader);
  const lateLike = like === null && reader.accept('LIKE') ? reader.text() : like;
  const startsWith = reader.accept('STARTS', 'WITH') ? reader.text() : null;
  const limit = reader.accept('LIMIT') ? reader.integer() : null;
  if (limit !== null && (limit < 1 || limit > 10_000)) {
    throw compilationError('001003', '42000', `LIMIT must be between 1 and 10000, got ${limit}`);
  }
  const from = reader.accept('FROM') ? reader.text() : null;
  reader.expectEnd();
  return { isTerse, like: lateLike, within, startsWith, limit, from };
}

/** A LIKE pattern of SHOW, which ignores case. */
export function likePattern(like: string): RegExp {
  const source = like.replace(/\\?[\s\S]/g, (piece) => {
    if (piece === '%') return '[\\s\\S]*';
    if (piece === '_') return '[\\s\\S]';
    const char = piece.length > 1 ? piece.slice(1) : piece;
    return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'i');
}

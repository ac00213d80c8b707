import { compilationError } from '../../sql/errors.ts';
import { TokenReader } from './token-reader.ts';

/** Where files are, as a statement writes it. */
export type LocationText =
  | { readonly kind: 'stage'; readonly name: readonly string[]; readonly path: string }
  | { readonly kind: 'table'; readonly name: readonly string[]; readonly path: string }
  | { readonly kind: 'user'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/** `@stage/path`, `@~/path`, `@db.schema.%table/path`, without the `@`. */
function parseReference(text: string): LocationText {
  const slash = pathStart(text);
  const path = text.slice(slash + 1);
  const head = slash < 0 ? text : text.slice(0, slash);
  const rest = slash < 0 ? '' : path;
  if (head === '~') return { kind: 'user', path: rest };
  const isTable = /(?:^|\.)%/.test(head);
  const reader = new TokenReader(isTable ? head.replace(/(^|\.)%/, '$1') : head);
  const name = reader.name();
  reader.expectEnd();
  return { kind: isTable ? 'table' : 'stage', name, path: rest };
}

/** The first slash that is not inside a quoted identifier, or -1. */
function pathStart(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (text[at] === '/' && !isQuoted) return at;
  }
  return -1;
}

/**
 * A location from its text: a stage, which starts with `@`, or the URL of a bucket.
 * @throws SnowflakeError 001011 for anything else
 */
export function parseLocation(text: string): LocationText {
  if (text.startsWith('@')) return parseReference(text.slice(1));
  if (/^s3(?:gov|china)?:\/\//.test(text)) return { kind: 'url', url: text };
  throw compilationError('001011', '42601', `invalid URL prefix found in: '${text}'`);
}

/** Reads a location that stands as a stage reference or a text. */
export function readLocation(reader: TokenReader): LocationText {
  const token = reader.peek();
  if (token?.kind === 'stage') return parseLocation(reader.next().text);
  return parseLocation(reader.text());
}

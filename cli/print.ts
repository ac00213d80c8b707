import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Outcome } from './command.ts';

const CHUNK_CHARACTERS = 65_536;
/** Members of members are pieces of their own: the rows of `{ columns, rows }`. */
const DEPTH = 2;

/** Members of an object or array, each with what stands before its value; undefined for anything else. */
function membersOf(value: unknown): (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return undefined;
  if (Array.isArray(value)) return value.map((element) => ['', element ?? null]);
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [`${JSON.stringify(name)}: `, member]);
}

/** `JSON.stringify(value, null, 2)` piece by piece: a large document is never one string. */
export function* jsonPieces(value: unknown, indent = '', depth = DEPTH): Generator<string> {
  const members = depth === 0 ? undefined : membersOf(value);
  if (members === undefined || members.length === 0) {
    yield JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
    return;
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  let before = `${open}\n`;
  for (const [name, member] of members) {
    yield `${before}${indent}  ${name}`;
    yield* jsonPieces(member, `${indent}  `, depth - 1);
    before = ',\n';
  }
  yield `\n${indent}${close}`;
}

function* chunks(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}\n`;
}

/**
 * Writes an outcome as fast as it is read: as one JSON document, or as text for people. A reader that
 * has seen enough (`| head`) is no error.
 */
export async function printOutcome(
  { document, text }: Outcome,
  json: boolean,
  out: Writable,
): Promise<void> {
  const shown = json ? undefined : typeof text === 'function' ? text() : (text ?? '');
  if (shown === '') return;
  const pieces = shown === undefined ? jsonPieces(document) : [shown];
  try {
    await pipeline(Readable.from(chunks(pieces)), out, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

// Loaded before each piece that runs on Node: a piece whose home was removed, or has become another platform's, ends
// with all that it started. It is killed, because whatever it would still write would be written over its successor.
import { PIECE_VARIABLE, readHomeId, readTag } from './home-identity.ts';
import { signal, taggedProcesses } from './tagged-processes.ts';

const EVERY_MS = 2000;

const own = readTag(process.env[PIECE_VARIABLE]);

function isAtHome(): boolean {
  try {
    return own === undefined || readHomeId(own.home) === own.homeId;
  } catch {
    // A home that cannot be read at the moment is not one that is gone.
    return true;
  }
}

/** Kills this piece unless its home is still its own: to be called before something is written there. */
export function endUnlessAtHome(): void {
  if (own === undefined || isAtHome()) return;
  for (const { pid, tag } of taggedProcesses(own.home)) {
    if (tag.homeId === own.homeId && tag.piece === own.piece) signal(pid, 'SIGKILL');
  }
  signal(process.pid, 'SIGKILL');
}

if (own !== undefined) setInterval(endUnlessAtHome, EVERY_MS).unref();

import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { Places } from './places.ts';
import type { PieceName, Ports } from './ports.ts';
import type { ProcessIdentity } from './processes.ts';

/** How to reach a Snowflake: the stand-in's own line, or what SNOWMELT_LIVE_* names. */
export interface SnowflakeAccess {
  readonly account: string;
  readonly accessUrl: string;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly pat?: string;
  readonly database: string;
  readonly schema: string;
  readonly warehouse: string;
  readonly role: string;
}

/** What a platform remembers of itself between commands. */
export interface PlatformState {
  readonly ports?: Ports;
  readonly pieces: Partial<Record<PieceName, ProcessIdentity>>;
  readonly snowflake?: SnowflakeAccess;
  /** What the status page's front door forwards to. */
  readonly frontDoorTarget?: string;
}

const NOTHING: PlatformState = { pieces: {} };

export const readState = (places: Places): PlatformState =>
  readJsonFile<PlatformState>(places.state) ?? NOTHING;

/** Changes some of the state; answers the whole. */
export function changeState(places: Places, changes: Partial<PlatformState>): PlatformState {
  const state = { ...readState(places), ...changes };
  writeJsonFile(places.state, state);
  return state;
}

/** Remembers a piece's process, or forgets it. */
export function rememberPiece(
  places: Places,
  piece: PieceName,
  identity: ProcessIdentity | undefined,
): void {
  const { [piece]: _, ...others } = readState(places).pieces;
  changeState(places, {
    pieces: identity === undefined ? others : { ...others, [piece]: identity },
  });
}

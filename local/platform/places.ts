import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where one platform keeps its things. */
export interface Places {
  readonly home: string;
  readonly state: string;
  readonly lock: string;
  readonly endpoints: string;
  readonly deployed: string;
  readonly emulator: string;
  /**
   * Where deployed functions are unpacked. Outside the checkout, or a module that a bundle lacks would
   * be found in the checkout's node_modules.
   */
  readonly functions: string;
  readonly standIn: string;
  readonly jobs: string;
  /** Where the stack is built for its deployment. */
  readonly build: string;
  readonly logs: string;
  log(piece: string): string;
}

export function platformPlaces(home: string): Places {
  return {
    home,
    state: join(home, 'platform.json'),
    lock: join(home, 'platform.lock'),
    endpoints: join(home, 'endpoints.json'),
    deployed: join(home, 'deployed.json'),
    emulator: join(home, 'emulator'),
    functions: join(
      tmpdir(),
      `snowmelt-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`,
    ),
    standIn: join(home, 'stand-in'),
    jobs: join(home, 'jobs'),
    build: join(home, 'build'),
    logs: join(home, 'logs'),
    log: (piece) => join(home, 'logs', `${piece}.log`),
  };
}

export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';
export const STACK_NAME = 'snowmelt-local';
/** What the emulator takes; a new object each time, because the AWS SDK writes into the one it is given. */
export const emulatorCredentials = () => ({ accessKeyId: 'test', secretAccessKey: 'test' });

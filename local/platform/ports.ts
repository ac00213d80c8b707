import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export const PIECES = ['emulator', 'runner', 'stand-in', 'front-door'] as const;
export type PieceName = (typeof PIECES)[number];
export type Ports = Readonly<Record<PieceName, number>>;

const HOST = '127.0.0.1';

/** Holds a port until it is released: 0 for any free one. Undefined when the port is taken. */
function holdPort(port: number): Promise<{ port: number; release(): Promise<void> } | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        release: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

async function isFree(port: number): Promise<boolean> {
  const held = await holdPort(port);
  await held?.release();
  return held !== undefined;
}

/**
 * True when nothing listens on the port, now or within `waitSeconds`: the threads of a killed process
 * can hold its sockets for some moments after it has ended.
 */
export async function becomesFree(port: number, waitSeconds: number): Promise<boolean> {
  const deadline = Date.now() + waitSeconds * 1000;
  while (!(await isFree(port))) {
    if (Date.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
}

/** As many free ports as there are pieces, all different. */
export async function freePorts(): Promise<Ports> {
  const held = await Promise.all(PIECES.map(() => holdPort(0)));
  const ports = PIECES.map((piece, index) => [piece, held[index]?.port ?? 0]);
  await Promise.all(held.map((hold) => hold?.release()));
  return Object.fromEntries(ports);
}

/** Ports in a row from `base`, in the order of PIECES. */
export function portsFrom(base: number): Ports {
  return Object.fromEntries(PIECES.map((piece, index) => [piece, base + index])) as Ports;
}

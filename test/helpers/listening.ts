import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

function groupOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

function openSockets(pid: string): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap(
    (fd) => /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
  );
}

/** Inodes of the sockets that a process group's members hold open. */
function socketsOf(group: number): Set<string> {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(
    numbers.flatMap((pid) => {
      try {
        return groupOf(pid) === group ? openSockets(pid) : [];
      } catch {
        return []; // ended meanwhile
      }
    }),
  );
}

/** Local addresses, as Linux writes them in hex, on which a process group listens. */
export function listeningAddresses(group: number): string[] {
  const inodes = socketsOf(group);
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/net/${family}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => fields[1]?.split(':')[0] ?? ''),
  );
}

/** 127.0.0.1 as Linux writes it. */
export const LOOPBACK = '0100007F';

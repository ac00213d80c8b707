import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the operating system says it: only ever compared for equality. */
  readonly startedAt: string;
}

const POLL_MS = 50;

/** Start time in clock ticks, the 22nd field of /proc/<pid>/stat; a zombie counts as ended. */
function startTicks(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function startTimeByPs(pid: number): string | undefined {
  try {
    const answer = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return answer === '' || answer.startsWith('Z') ? undefined : answer.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

/** Identity of a running process; undefined when there is none of that number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? startTicks(pid) : startTimeByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export const isRunning = ({ pid, startedAt }: ProcessIdentity): boolean =>
  identify(pid)?.startedAt === startedAt;

/** Starts a process that leads its own group, so that it can be stopped with all that it starts. */
export function spawnGroup(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  return spawn(command, args, { ...options, detached: true });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has no members left.
  }
}

/**
 * Kills what a group's leader left behind. Safe for a leader that has ended: its number is not given
 * to another process while the group has members; when another process has it, nothing is done.
 */
export function killOrphans(identity: ProcessIdentity): void {
  const holder = identify(identity.pid);
  if (holder === undefined || holder.startedAt === identity.startedAt) {
    signalGroup(identity.pid, 'SIGKILL');
  }
}

/** How long a killed process may take to be gone. */
const KILLED_SECONDS = 5;

async function ends(identity: ProcessIdentity, withinSeconds: number): Promise<void> {
  const deadline = Date.now() + withinSeconds * 1000;
  while (isRunning(identity) && Date.now() < deadline) await sleep(POLL_MS);
}

/**
 * Stops a group: SIGTERM, then SIGKILL after `graceSeconds`. Returns when its leader has ended, or does
 * not end although it was killed.
 */
export async function stopGroup(identity: ProcessIdentity, graceSeconds: number): Promise<void> {
  if (isRunning(identity)) signalGroup(identity.pid, 'SIGTERM');
  await ends(identity, graceSeconds);
  killOrphans(identity);
  await ends(identity, KILLED_SECONDS);
}

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TerminalError } from '#src/errors.ts';
import { PIECE_VARIABLE, type PieceTag, readTag } from './home-identity.ts';

/** A process that says which platform it belongs to. */
export interface TaggedProcess {
  readonly pid: number;
  readonly tag: PieceTag;
}

const TAG = new RegExp(`(?:^|[\\s\\0])${PIECE_VARIABLE}=([^\\s\\0]+)`);
const POLL_MS = 100;
/** How long processes may take to stop before they are killed, and to be gone after that. */
const LIMITS = { graceSeconds: 10, killSeconds: 5 };

/** Environment of a process; empty for one that has ended or is another user's. */
function environmentByProc(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

const byProc = (): [number, string][] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => [Number(pid), environmentByProc(pid)]);

const byPs = (): [number, string][] =>
  execFileSync('ps', ['-axww', '-E', '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
    .split('\n')
    .map((line) => [Number.parseInt(line, 10), line]);

/** Every running process of the platforms that were started in `home`, except this one. */
export function taggedProcesses(home: string): TaggedProcess[] {
  const running = process.platform === 'linux' ? byProc() : byPs();
  return running.flatMap(([pid, text]) => {
    const tag = readTag(TAG.exec(text)?.[1]);
    return tag?.home === home && pid !== process.pid ? [{ pid, tag }] : [];
  });
}

/** Sends a signal; nothing when there is no such process, or none that takes it. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended, or is not ours to end: who waits for its end notices.
  }
}

function willNotEnd(left: readonly TaggedProcess[]): TerminalError {
  const names = left.map(({ pid, tag }) => `${pid} (${tag.piece})`).join(', ');
  return new TerminalError(
    `Cannot stop the local platform in ${left[0]?.tag.home}: SIGKILL did not end process ${names}. End it as its owner or restart the machine, then run snowmelt local down again.`,
    { code: 'UNEXPECTED', details: { pids: left.map(({ pid }) => pid) } },
  );
}

/**
 * Ends all that `find` finds, and goes on until it finds nothing: by SIGTERM, then by SIGKILL.
 *
 * @throws TerminalError naming the processes that do not end
 */
export async function endProcesses(find: () => TaggedProcess[], limits = LIMITS): Promise<void> {
  const killAt = Date.now() + limits.graceSeconds * 1000;
  const giveUpAt = killAt + limits.killSeconds * 1000;
  const asked = new Set<number>();
  for (let left = find(); left.length > 0; left = find()) {
    if (Date.now() > giveUpAt) throw willNotEnd(left);
    const isKilling = Date.now() >= killAt;
    for (const { pid } of left) {
      if (isKilling) signal(pid, 'SIGKILL');
      else if (!asked.has(pid)) signal(pid, 'SIGTERM');
      asked.add(pid);
    }
    await sleep(POLL_MS);
  }
}

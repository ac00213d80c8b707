import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** A terminal sends these to every process in the foreground: passed on, they would arrive twice. */
const SENT_BY_TERMINAL = new Set(['SIGINT', 'SIGHUP']);

/**
 * Runs a program in this one's place: signals are passed on to it, and this process ends as it does,
 * with its exit code or by its signal.
 */
export function runInForeground(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: 'inherit' });
  const passOn = (signal) => {
    if (!(process.stdin.isTTY && SENT_BY_TERMINAL.has(signal))) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      for (const name of SIGNALS) process.off(name, passOn);
      if (signal !== null) process.kill(process.pid, signal);
      done(code ?? 128 + constants.signals[signal]);
    });
  });
}

import type { Finding } from './judge-demo.ts';

const startedAt = Date.now();

/** A line for people. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Begins a part of the story, with the seconds since the start. */
export const title = (text: string): void => {
  say(`\n[${((Date.now() - startedAt) / 1000).toFixed(0).padStart(3)} s] ${text}`);
};

/** Tells what was found; true when all of it is right. */
export function tellFindings(findings: readonly Finding[]): boolean {
  for (const { isRight, text } of findings) say(`  ${isRight ? '✓' : '✗'} ${text}`);
  return findings.every(({ isRight }) => isRight);
}

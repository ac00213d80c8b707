import type { RunSummary, StateRun } from '#src/model/status.ts';

/** The five looks that every status has one of. */
export type Look = 'good' | 'bad' | 'busy' | 'warn' | 'idle';

type Status = RunSummary['status'] | StateRun['status'] | 'pass' | 'warn' | 'fail';

const LOOKS: Readonly<Record<Status, readonly [Look, string]>> = {
  RUNNING: ['busy', 'running'],
  SUCCEEDED: ['good', 'succeeded'],
  FAILED: ['bad', 'failed'],
  TIMED_OUT: ['bad', 'timed out'],
  ABORTED: ['warn', 'stopped'],
  pending: ['idle', 'to come'],
  running: ['busy', 'running'],
  succeeded: ['good', 'succeeded'],
  failed: ['bad', 'failed'],
  caught: ['warn', 'error caught'],
  aborted: ['warn', 'stopped'],
  skipped: ['idle', 'not reached'],
  pass: ['good', 'pass'],
  warn: ['warn', 'warn'],
  fail: ['bad', 'fail'],
};

export const lookOf = (status: Status): Look => LOOKS[status][0];
export const wordOf = (status: Status): string => LOOKS[status][1];

const SHAPES: Readonly<Record<Look, string>> = {
  good: 'M4.5 8.4 7 10.9l4.6-5.6',
  bad: 'M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4',
  warn: 'M8 4.7v4M8 11.2v.1',
  busy: 'M8 4.5a3.5 3.5 0 1 1-3.3 2.4',
  idle: 'M5.5 8h5',
};

/** A sign in a circle of 16 × 16, told apart by shape as well as by colour. */
export function StatusSign({ look }: { look: Look }) {
  return (
    <g class={`sign ${look}`}>
      <circle cx="8" cy="8" r="7.25" />
      <path d={SHAPES[look]} />
    </g>
  );
}

export function StatusMark({ status }: { status: Status }) {
  const look = lookOf(status);
  return (
    <span class={`mark ${look}`}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <StatusSign look={look} />
      </svg>
      {wordOf(status)}
    </span>
  );
}

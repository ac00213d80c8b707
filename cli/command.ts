import type { ParseArgsOptionsConfig } from 'node:util';

/** Options that every command takes. */
export interface SharedOptions {
  readonly json: boolean;
  /** Path of the pipeline file. */
  readonly pipeline: string;
  readonly target: 'local' | 'aws';
  readonly snowflake: 'stand-in' | 'live';
}

export interface Invocation {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly shared: SharedOptions;
  /** A line of progress for people; it goes to stderr. */
  say(line: string): void;
}

/** What a command answers: one document for programs, a text for people, and how the process ends. */
export interface Outcome {
  readonly document: unknown;
  /** As a function where it is costly: it is not made for programs. */
  readonly text?: string | (() => string);
  readonly exitCode?: 0 | 1 | 2 | 75;
}

export interface Command {
  /** One or two words, as typed: `extract`, `local up`. */
  readonly name: string;
  readonly summary: string;
  /** Arguments and options after the name. */
  readonly usage: string;
  readonly example: string;
  readonly options?: ParseArgsOptionsConfig;
  run(invocation: Invocation): Promise<Outcome | undefined>;
}

/** Wrong use of the command line: exit code 2, with the usage beside the message. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

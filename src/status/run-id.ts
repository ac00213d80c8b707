import { Machine } from '../model/status.ts';

export interface RunName {
  readonly machine: Machine;
  readonly name: string;
}

/** `<machine>:<execution name>`; neither part can hold a colon. */
export const runId = (machine: Machine, name: string): string => `${machine}:${name}`;

/** The parts of a run's id, or null when it is none. */
export function parseRunId(id: string): RunName | null {
  const [machine, name, ...rest] = id.split(':');
  const parsed = Machine.safeParse(machine);
  if (!parsed.success || name === undefined || name === '' || rest.length > 0) return null;
  return { machine: parsed.data, name };
}

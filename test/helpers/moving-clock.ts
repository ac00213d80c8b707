/** A clock that stands still until it is moved. */
export interface MovingClock {
  (): Date;
  /** Moves on by seconds and answers the new time as a literal with its time zone. */
  advance(seconds: number): string;
  /** The time as a literal. */
  literal(): string;
}

export function movingClock(start = new Date('2026-03-01T12:00:00.000Z')): MovingClock {
  let at = start.getTime();
  const clock = () => new Date(at);
  const literal = () => `'${new Date(at).toISOString()}'::timestamp_tz`;
  const advance = (seconds: number) => {
    at += seconds * 1000;
    return literal();
  };
  return Object.assign(clock, { advance, literal });
}

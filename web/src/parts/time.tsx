import { useEffect, useState } from 'preact/hooks';
import { formatAge, formatDuration, formatTime } from '../format.ts';

/** The time on this machine, moving once in `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** A time with its age. */
export function Moment({ at, withAge = true }: { at: string; withAge?: boolean }) {
  const now = useNow(10_000);
  return (
    <time dateTime={at} title={`${at} (UTC)`}>
      {formatTime(at, now)}
      {withAge && <span class="faint"> {formatAge(at, now)}</span>}
    </time>
  );
}

/** How long something took, or takes so far. */
export function Lasted({
  from,
  milliseconds,
}: {
  from: string | null;
  milliseconds: number | null;
}) {
  const now = useNow(1000);
  if (milliseconds !== null) return <>{formatDuration(milliseconds)}</>;
  if (from === null) return <>–</>;
  return <>{formatDuration(Math.max(0, now - Date.parse(from)))}</>;
}

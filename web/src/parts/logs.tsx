import { useEffect, useRef } from 'preact/hooks';
import type { RunLogs, RunSummary, StateRun } from '#src/model/status.ts';
import { useDocument } from '../use-document.ts';
import { Problem, Waiting } from './notices.tsx';

interface LogsProps {
  readonly run: RunSummary;
  readonly state: StateRun;
}

function Lines({ source }: { source: RunLogs['sources'][number] }) {
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [source.lines.length]);
  return (
    <>
      <p class="faint pad log-head">
        {source.group}
        {source.isTruncated && ', newest lines only'}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <ol class="log" ref={box} tabIndex={0} aria-label={`Log of ${source.state}`}>
        {source.lines.map(({ at, message }, index) => (
          <li key={index}>
            <time dateTime={at}>{at.slice(11, 23)}</time>
            <span>{message}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** What a state wrote, followed while it runs. */
export function Logs({ run, state }: LogsProps) {
  const isLive = run.status === 'RUNNING' && state.status === 'running';
  const path = `/api/status/runs/${encodeURIComponent(run.id)}/logs?state=${state.name}`;
  const { data, problem, reload } = useDocument<RunLogs>(path, () => (isLive ? 2500 : null));
  if (problem !== null) return <Problem text={problem} onRetry={reload} />;
  if (data === null) return <Waiting />;
  const sources = data.sources.filter((source) => source.state === state.name);
  if (sources.length === 0) {
    return <p class="faint pad">{isLive ? 'No log yet.' : 'This state has no log.'}</p>;
  }
  return (
    <>
      {sources.map((source) => (
        <Lines key={`${source.group}/${source.stream}`} source={source} />
      ))}
    </>
  );
}

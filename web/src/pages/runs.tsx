import { useState } from 'preact/hooks';
import type { RunPage as RunPageDocument, RunSummary } from '#src/model/status.ts';
import { goTo, type Place, withQuery } from '../location.ts';
import { Empty, Problem, Waiting } from '../parts/notices.tsx';
import { RunTable } from '../parts/run-table.tsx';
import { useDocument } from '../use-document.ts';

const MACHINES = ['extract', 'medallion', 'train-model'];
const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];
const PAGE_SIZE = 50;

const pace = ({ runs }: RunPageDocument): number =>
  runs.some((run) => run.status === 'RUNNING') ? 3000 : 15_000;

interface FilterProps {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
  readonly place: Place;
}

function Filter({ name, label, values, place }: FilterProps) {
  return (
    <label class="filter">
      {label}
      <select
        value={place.query.get(name) ?? ''}
        onChange={(event) =>
          goTo(withQuery(place, { [name]: event.currentTarget.value }), { replace: true })
        }
      >
        <option value="">all</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value.toLowerCase().replace('_', ' ')}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the server is asked, from what the page's own address says. */
function queryOf(place: Place): URLSearchParams {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
  for (const name of ['machine', 'status']) {
    const value = place.query.get(name);
    if (value) query.set(name, value);
  }
  return query;
}

/** Older pages, which do not change; asked for one by one. */
function useOlderRuns(query: string) {
  const [older, setOlder] = useState<{ query: string; runs: RunSummary[]; next: string | null }>();
  const [problem, setProblem] = useState<string | null>(null);
  const known = older?.query === query ? older : undefined;
  const more = async (cursor: string) => {
    setProblem(null);
    try {
      const answer = await fetch(`/api/status/runs?${query}&cursor=${encodeURIComponent(cursor)}`);
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      const page = (await answer.json()) as RunPageDocument;
      setOlder({ query, runs: [...(known?.runs ?? []), ...page.runs], next: page.nextCursor });
    } catch {
      setProblem('Cannot read older runs: the server did not answer as expected. Try again.');
    }
  };
  return { known, more, problem };
}

export function RunsPage({ place }: { place: Place }) {
  const query = queryOf(place).toString();
  const { data, problem, reload } = useDocument<RunPageDocument>(`/api/status/runs?${query}`, pace);
  const older = useOlderRuns(query);
  const next = older.known === undefined ? data?.nextCursor : older.known.next;
  const seen = new Set(data?.runs.map((run) => run.id));
  const runs = [
    ...(data?.runs ?? []),
    ...(older.known?.runs ?? []).filter((run) => !seen.has(run.id)),
  ];
  const isFiltered = place.query.has('machine') || place.query.has('status');
  return (
    <>
      <div class="title">
        <h1>Runs</h1>
        <div class="filters">
          <Filter name="machine" label="Machine" values={MACHINES} place={place} />
          <Filter name="status" label="Status" values={STATUSES} place={place} />
        </div>
      </div>
      {problem !== null && <Problem text={problem} onRetry={reload} />}
      {older.problem !== null && (
        <Problem text={older.problem} onRetry={() => next && older.more(next)} />
      )}
      {data === null && problem === null && <Waiting />}
      {data !== null && runs.length === 0 && (
        <Empty title={isFiltered ? 'No run is like that.' : 'Nothing has run yet.'}>
          {isFiltered ? <a href="/runs">Show all runs</a> : <code>snowmelt extract orders</code>}
        </Empty>
      )}
      {runs.length > 0 && (
        <section class="card">
          <RunTable runs={runs} />
        </section>
      )}
      {next && (
        <p>
          <button type="button" onClick={() => void older.more(next)}>
            Older runs
          </button>
        </p>
      )}
    </>
  );
}

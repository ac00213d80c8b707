import type { RunDetail, StateRun } from '#src/model/status.ts';
import { goTo, type Place, runHref, withQuery } from '../location.ts';
import { CheckTable } from '../parts/check-table.tsx';
import { ManifestTable } from '../parts/manifest-table.tsx';
import { Empty, Problem, Waiting } from '../parts/notices.tsx';
import { LayerTable, RejectBars } from '../parts/report-tables.tsx';
import { Samples } from '../parts/samples.tsx';
import { Section } from '../parts/section.tsx';
import { StateMachine } from '../parts/state-machine.tsx';
import { StatePanel } from '../parts/state-panel.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { Lasted, Moment } from '../parts/time.tsx';
import { useDocument } from '../use-document.ts';

const pace = ({ run }: RunDetail): number | null => (run.status === 'RUNNING' ? 2500 : null);

/** The state that a reader wants first: what failed, what runs, or what came last. */
function pickState(states: readonly StateRun[]): StateRun | undefined {
  const entered = states.filter((state) => state.enteredAt !== null);
  return (
    entered.find((state) => state.status === 'caught') ??
    entered.find((state) => state.status === 'failed') ??
    entered.find((state) => state.status === 'running') ??
    entered.findLast((state) => state.job !== null) ??
    entered.at(-1) ??
    states[0]
  );
}

function Facts({ detail }: { detail: RunDetail }) {
  const { run, pipeline, interval, query } = detail;
  const facts: readonly (readonly [string, string | null])[] = [
    ['Pipeline', pipeline],
    ['Query', query],
    ['Interval', interval],
  ];
  return (
    <dl class="facts">
      <div>
        <dt>Started</dt>
        <dd>
          <Moment at={run.startedAt} />
        </dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>
          <Lasted from={run.startedAt} milliseconds={run.durationMs} />
        </dd>
      </div>
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Related({ related }: Pick<RunDetail, 'related'>) {
  if (related.length === 0) return null;
  return (
    <Section title="Runs before and after">
      <ul class="rows">
        {related.map(({ id, why }) => (
          <li key={id}>
            <a class="run-name" href={runHref(id)}>
              {id}
            </a>
            <span class="faint">{why}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Run({ detail, place }: { detail: RunDetail; place: Place }) {
  const wanted = place.query.get('state');
  const state = detail.states.find(({ name }) => name === wanted) ?? pickState(detail.states);
  const node = detail.graph.nodes.find(({ name }) => name === state?.name);
  const select = (name: string) => goTo(withQuery(place, { state: name }), { replace: true });
  return (
    <>
      <Facts detail={detail} />
      {detail.error !== null && (
        <div class="problem" role="alert">
          <div>
            <p>
              <b>{detail.error}</b>
            </p>
            <p class="cause">{detail.cause}</p>
          </div>
        </div>
      )}
      <div class="stage">
        <div>
          <section class="card machine-box" aria-label="State machine">
            <StateMachine
              graph={detail.graph}
              states={detail.states}
              selected={state?.name ?? null}
              onSelect={select}
            />
          </section>
          <RejectBars reports={detail.reports} />
        </div>
        <div>
          {state && node && (
            <StatePanel key={state.name} run={detail.run} state={state} node={node} />
          )}
          <CheckTable verdicts={detail.verdicts} />
          <ManifestTable manifests={detail.manifests} />
          {detail.reports.map((report) => (
            <LayerTable key={report.layer} report={report} />
          ))}
          <Related related={detail.related} />
        </div>
      </div>
      <Samples samples={detail.samples} />
    </>
  );
}

export function RunPage({ id, place }: { id: string; place: Place }) {
  const path = `/api/status/runs/${encodeURIComponent(id)}`;
  const { data, problem, isNotFound, reload } = useDocument<RunDetail>(path, pace);
  const [machine = '', name = ''] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)];
  return (
    <>
      <div class="title run-title">
        <p class="crumbs">
          <a href="/runs">Runs</a> / <a href={`/runs?machine=${machine}`}>{machine}</a>
        </p>
        <h1>{name}</h1>
        {data !== null && <StatusMark status={data.run.status} />}
      </div>
      {problem !== null && !isNotFound && <Problem text={problem} onRetry={reload} />}
      {isNotFound && (
        <Empty title="There is no such run.">
          It may have been removed with the platform's data. <a href="/runs">Show all runs</a>
        </Empty>
      )}
      {data === null && problem === null && <Waiting />}
      {data !== null && <Run detail={data} place={place} />}
    </>
  );
}

import { useState } from 'preact/hooks';
import type { GraphNode, RunSummary, StateRun } from '#src/model/status.ts';
import { runHref } from '../location.ts';
import { Logs } from './logs.tsx';
import { StatusMark } from './status-mark.tsx';
import { Lasted, Moment } from './time.tsx';

const TABS = ['logs', 'output', 'input'] as const;
type Tab = (typeof TABS)[number];

interface StatePanelProps {
  readonly run: RunSummary;
  readonly state: StateRun;
  readonly node: GraphNode;
}

function Json({ value, what }: { value: unknown; what: string }) {
  if (value === null || value === undefined) return <p class="faint pad">There is no {what}.</p>;
  return <pre class="json">{JSON.stringify(value, null, 2)}</pre>;
}

function StateFacts({ state, node }: Omit<StatePanelProps, 'run'>) {
  const rows: readonly (readonly [string, preact.ComponentChildren])[] = [
    ['Does', node.action ?? node.type.toLowerCase()],
    ['Entered', state.enteredAt === null ? null : <Moment at={state.enteredAt} />],
    [
      'Took',
      state.enteredAt === null ? null : (
        <Lasted from={state.enteredAt} milliseconds={state.durationMs} />
      ),
    ],
    ['Tries', state.attempts > 1 ? state.attempts : null],
    [
      'Parts',
      state.iterations === null
        ? null
        : `${state.iterations.succeeded} of ${state.iterations.total} done, ${state.iterations.failed} failed`,
    ],
    ['Job run', state.job?.runId ?? null],
    [
      'Started',
      state.childRunId === null ? null : (
        <a class="run-name" href={runHref(state.childRunId)}>
          {state.childRunId}
        </a>
      ),
    ],
  ];
  return (
    <dl class="facts tight">
      {rows.map(
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

/** One state of a run: what it did, when, with what, and what it said. */
export function StatePanel({ run, state, node }: StatePanelProps) {
  const [tab, setTab] = useState<Tab>('logs');
  return (
    <section class="card panel" aria-label={`State ${state.name}`}>
      <header>
        <h2>{state.name}</h2>
        <StatusMark status={state.status} />
      </header>
      {node.comment !== null && <p class="pad comment">{node.comment}</p>}
      <StateFacts state={state} node={node} />
      {state.error !== null && (
        <div class="pad">
          <p class="bad-text">
            <b>{state.error}</b>
          </p>
          <p class="cause">{state.cause}</p>
        </div>
      )}
      <div class="tabs" role="tablist" aria-label="What to show of the state">
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={tab === name}
            onClick={() => setTab(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="tab-body" role="tabpanel" aria-label={tab}>
        {tab === 'logs' && <Logs key={state.status} run={run} state={state} />}
        {tab === 'output' && <Json value={state.output} what="output" />}
        {tab === 'input' && <Json value={state.input} what="input" />}
      </div>
    </section>
  );
}

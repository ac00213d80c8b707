import type { StatusOverview } from '#src/model/status.ts';
import { formatBytes, formatCount, toWords } from '../format.ts';
import { runHref } from '../location.ts';
import { CountBars } from '../parts/bars.tsx';
import { ModelTable } from '../parts/model-table.tsx';
import { Empty, Problem, Waiting } from '../parts/notices.tsx';
import { RunTable } from '../parts/run-table.tsx';
import { Section, TableBox } from '../parts/section.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { Moment } from '../parts/time.tsx';
import { useDocument } from '../use-document.ts';

const BUSY_MS = 3000;
const CALM_MS = 15_000;
const NEWEST_RUNS = 8;

const pace = ({ machines }: StatusOverview): number =>
  machines.some(({ runs }) => runs.some((run) => run.status === 'RUNNING')) ? BUSY_MS : CALM_MS;

function Layers({ layers }: Pick<StatusOverview, 'layers'>) {
  return (
    <div class="layers">
      {layers.map(({ layer, rows, bytes, tables }) => (
        <section class="card layer" key={layer}>
          <header>
            <h2>{layer}</h2>
            <span class="note">{formatBytes(bytes)}</span>
          </header>
          <p class="big">
            {formatCount(rows)} <span class="faint">rows</span>
          </p>
          {tables.length === 0 ? (
            <p class="faint">No tables yet.</p>
          ) : (
            <TableBox label={`${layer} tables`}>
              <tbody>
                {tables.map((table) => (
                  <tr key={`${table.pipeline}/${table.table}`}>
                    <th scope="row">{table.table}</th>
                    <td class="num">{formatCount(table.rows)}</td>
                    <td class="num faint">{formatBytes(table.bytes)}</td>
                  </tr>
                ))}
              </tbody>
            </TableBox>
          )}
        </section>
      ))}
    </div>
  );
}

function Pipelines({ pipelines }: Pick<StatusOverview, 'pipelines'>) {
  return (
    <Section title="Pipelines" note={`${pipelines.length}`}>
      <TableBox label="Queries and their watermarks">
        <thead>
          <tr>
            <th scope="col">Query</th>
            <th scope="col">Extracted up to</th>
            <th scope="col">Committed</th>
          </tr>
        </thead>
        {pipelines.map(({ name, queries, schedules }) => (
          <tbody key={name}>
            <tr class="group">
              <th scope="rowgroup" colSpan={3}>
                {name}
                <span class="faint">
                  {' '}
                  {schedules.length === 0
                    ? 'by hand'
                    : schedules
                        .map((one) => `${one.group} every ${one.everyMinutes} min`)
                        .join(', ')}
                </span>
              </th>
            </tr>
            {queries.map((query) => (
              <tr key={query.name}>
                <th scope="row">{query.name}</th>
                <td class="code">{query.watermark?.replace(/[.]0+$/, '') ?? 'no watermark'}</td>
                <td>{query.committedAt === null ? 'never' : <Moment at={query.committedAt} />}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </TableBox>
    </Section>
  );
}

function Verdicts({ verdicts }: Pick<StatusOverview, 'verdicts'>) {
  return (
    <Section title="Checks" note="of the newest interval">
      {verdicts.length === 0 ? (
        <Empty title="Nothing has been checked yet." />
      ) : (
        <ul class="rows">
          {verdicts.map(({ pipeline, layer, status, checks, failed, warned, judgedAt }) => (
            <li key={`${pipeline}/${layer}`}>
              <StatusMark status={status} />
              <span>
                <b>
                  {pipeline} {layer}
                </b>{' '}
                {checks} checks
                {[...failed, ...warned].map((name) => (
                  <span class="chip" key={name}>
                    {toWords(name)}
                  </span>
                ))}
              </span>
              <Moment at={judgedAt} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Rejects({ rejects }: Pick<StatusOverview, 'rejects'>) {
  const total = rejects.reduce((sum, { rows }) => sum + rows, 0);
  const bars = rejects.map(({ reason, table, rows }) => ({ name: reason, where: table, rows }));
  return (
    <Section title="Rejected rows" note={`${formatCount(total)} in the newest interval`}>
      {rejects.length === 0 ? (
        <Empty title="No row was rejected." />
      ) : (
        <CountBars bars={bars} label="Rejected rows by reason" />
      )}
    </Section>
  );
}

function Failures({ failures }: Pick<StatusOverview, 'failures'>) {
  return (
    <Section title="Failures" note="newest ten">
      {failures.length === 0 ? (
        <Empty title="Nothing has failed." />
      ) : (
        <ul class="failures">
          {failures.map(({ machine, runId, at, error, cause }) => (
            <li key={`${machine}/${runId}/${at}`}>
              <p>
                <b class="bad-text">{error}</b> <a href={runHref(`${machine}:${runId}`)}>{runId}</a>{' '}
                <Moment at={at} />
              </p>
              <p class="cause">{cause}</p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function NewestRuns({ machines }: Pick<StatusOverview, 'machines'>) {
  const runs = machines
    .flatMap((machine) => machine.runs)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
    .slice(0, NEWEST_RUNS);
  return (
    <Section title="Newest runs" note={<a href="/runs">all runs</a>}>
      {runs.length === 0 ? (
        <Empty title="Nothing has run yet.">
          <code>npm start</code> runs the demo; <code>snowmelt extract orders</code> one window.
        </Empty>
      ) : (
        <RunTable runs={runs} />
      )}
    </Section>
  );
}

export function OverviewPage() {
  const { data, problem, reload } = useDocument<StatusOverview>('/api/status/overview', pace);
  return (
    <>
      <div class="title">
        <h1>Overview</h1>
        {data !== null && (
          <p class="faint">
            stage {data.stage}, as of <Moment at={data.generatedAt} />
          </p>
        )}
      </div>
      {problem !== null && <Problem text={problem} onRetry={reload} />}
      {data === null && problem === null && <Waiting />}
      {data !== null && (
        <>
          <Layers layers={data.layers} />
          <div class="columns">
            <div>
              <NewestRuns machines={data.machines} />
              <Rejects rejects={data.rejects} />
            </div>
            <div>
              <ModelTable models={data.models} />
              <Verdicts verdicts={data.verdicts} />
              <Pipelines pipelines={data.pipelines} />
              <Failures failures={data.failures} />
            </div>
          </div>
        </>
      )}
    </>
  );
}

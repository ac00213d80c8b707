import { TransientError } from '#src/errors.ts';
import { StatusOverview } from '#src/model/status.ts';
import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { readEndpoints } from './stack.ts';
import { textTable } from './text-table.ts';

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

/** The status page's own document, from the local platform. Throws STORE_UNAVAILABLE. */
export async function readStatusOverview(): Promise<StatusOverview> {
  const url = readEndpoints().status?.url;
  if (url === undefined)
    throw new UsageError('Cannot read the status: the local platform has no status page yet.');
  const answer = await fetch(new URL('/api/status/overview', url));
  if (!answer.ok) {
    throw new TransientError(
      `Cannot read the status: ${url} answered ${answer.status}. Look at \`snowmelt local status\`.`,
      { code: 'STORE_UNAVAILABLE', details: { status: answer.status } },
    );
  }
  return StatusOverview.parse(await answer.json());
}

function runsText({ machines }: StatusOverview): string {
  const rows = machines.flatMap(({ runs }) =>
    runs.map((run) => [
      run.machine,
      run.name,
      run.status,
      run.startedAt,
      run.durationMs === null ? '' : `${(run.durationMs / 1000).toFixed(1)} s`,
    ]),
  );
  return textTable(['machine', 'run', 'status', 'started', 'took'], rows);
}

const layersText = ({ layers }: StatusOverview): string =>
  textTable(
    ['layer', 'table', 'rows', 'MB', 'interval'],
    layers.flatMap(({ layer, tables }) =>
      tables.map((table) => [
        layer,
        table.table,
        table.rows,
        megabytes(table.bytes),
        table.interval,
      ]),
    ),
  );

const verdictsText = ({ verdicts }: StatusOverview): string =>
  textTable(
    ['pipeline', 'interval', 'layer', 'verdict', 'checks', 'failed', 'warned'],
    verdicts.map((verdict) => [
      verdict.pipeline,
      verdict.interval,
      verdict.layer,
      verdict.status,
      verdict.checks,
      verdict.failed.join(' '),
      verdict.warned.join(' '),
    ]),
  );

const rejectsText = ({ rejects }: StatusOverview): string =>
  textTable(
    ['table', 'reason', 'rows', 'interval'],
    rejects.map((reject) => [reject.table, reject.reason, reject.rows, reject.interval]),
  );

const modelsText = ({ models }: StatusOverview): string =>
  textTable(
    ['model', 'metric', 'model', 'baseline'],
    models.flatMap((model) =>
      Object.entries(model.metrics).map(([metric, value]) => [
        model.name,
        metric,
        value.toFixed(4),
        model.baseline[metric]?.toFixed(4),
      ]),
    ),
  );

/** The overview as text, one table for each question. */
export const statusText = (overview: StatusOverview): string =>
  [runsText, layersText, verdictsText, rejectsText, modelsText]
    .map((section) => section(overview))
    .join('\n\n');

async function run({ shared }: Invocation): Promise<Outcome> {
  if (shared.target === 'aws') {
    throw new UsageError(
      'Cannot read the status of AWS from here: open the page that the stack output StatusPageUrl names.',
    );
  }
  const overview = await readStatusOverview();
  return { document: overview, text: statusText(overview) };
}

export const statusCommand: Command = {
  name: 'status',
  summary: 'What the status page shows, as text',
  usage: '',
  example: 'snowmelt status --json',
  run,
};

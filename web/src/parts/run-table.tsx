import type { RunSummary } from '#src/model/status.ts';
import { runHref } from '../location.ts';
import { TableBox } from './section.tsx';
import { StatusMark } from './status-mark.tsx';
import { Lasted, Moment } from './time.tsx';

/** Runs, newest first; the name leads to the run. */
export function RunTable({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <TableBox label="Runs" kind="runs">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Run</th>
          <th scope="col">Started</th>
          <th scope="col" class="num">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td>
              <StatusMark status={run.status} />
            </td>
            <td class="run-cell">
              <a class="run-name" href={runHref(run.id)} title={run.name}>
                <span class="faint">{run.machine}</span> {run.name}
              </a>
            </td>
            <td>
              <Moment at={run.startedAt} />
            </td>
            <td class="num">
              <Lasted from={run.startedAt} milliseconds={run.durationMs} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableBox>
  );
}

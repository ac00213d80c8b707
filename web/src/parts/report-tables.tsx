import type { LayerReport, TableReport } from '#src/model/quality.ts';
import { formatBytes, formatCount } from '../format.ts';
import { CountBars } from './bars.tsx';
import { Section, TableBox } from './section.tsx';

const COLUMNS: readonly (readonly [string, (table: TableReport) => number])[] = [
  ['Read', (table) => table.read],
  ['Duplicates', (table) => table.duplicates],
  ['Rejected', (table) => rejectedRows(table)],
  ['Inserted', (table) => table.inserted],
  ['Updated', (table) => table.updated],
  ['Deleted', (table) => table.deleted],
  ['Unchanged', (table) => table.unchanged],
  ['Rows now', (table) => table.rows],
];

const rejectedRows = ({ rejects }: TableReport): number =>
  Object.values(rejects).reduce((sum, rows) => sum + rows, 0);

/** What cannot happen in a layer is no column of its table. */
const NEVER: Readonly<Record<LayerReport['layer'], readonly string[]>> = {
  silver: ['Deleted'],
  gold: ['Duplicates', 'Rejected'],
};

/** What a job did to each table of a layer; noughts are faint, so that what happened stands out. */
export function LayerTable({ report }: { report: LayerReport }) {
  const title = report.layer === 'silver' ? 'Silver' : 'Gold';
  const columns = COLUMNS.filter(([name]) => !NEVER[report.layer].includes(name));
  return (
    <Section title={title} note={`${report.tables.length} tables`}>
      <TableBox label={`${title} tables`}>
        <thead>
          <tr>
            <th scope="col">Table</th>
            {columns.map(([name]) => (
              <th scope="col" class="num" key={name}>
                {name}
              </th>
            ))}
            <th scope="col" class="num">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {report.tables.map((table) => (
            <tr key={table.table}>
              <th scope="row">{table.table}</th>
              {columns.map(([name, count]) => (
                <td key={name} class={count(table) === 0 ? 'num faint' : 'num'}>
                  {formatCount(count(table))}
                </td>
              ))}
              <td class="num">{formatBytes(table.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </TableBox>
    </Section>
  );
}

/** Rows that silver refused, by table and reason. */
export function RejectBars({ reports }: { reports: readonly LayerReport[] }) {
  const bars = reports
    .flatMap((report) => report.tables)
    .flatMap(({ table, rejects }) =>
      Object.entries(rejects).map(([name, rows]) => ({ name, where: table, rows })),
    )
    .filter(({ rows }) => rows > 0);
  if (bars.length === 0) return null;
  const total = bars.reduce((sum, { rows }) => sum + rows, 0);
  return (
    <Section title="Rejected rows" note={`${formatCount(total)}, by reason`}>
      <CountBars bars={bars} label="Rejected rows by reason" />
    </Section>
  );
}

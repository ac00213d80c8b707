import { useState } from 'preact/hooks';
import type { RunDetail, TableSample } from '#src/model/status.ts';
import { formatValue } from '../format.ts';
import { Empty } from './notices.tsx';
import { Section, TableBox } from './section.tsx';

const idOf = ({ layer, table }: TableSample): string => `${layer}.${table}`;
const NUMERIC = /^(int|bigint|long|double|float|decimal)/;

function SampleTable({ sample }: { sample: TableSample }) {
  if (sample.rows.length === 0) return <Empty title="This table is empty." />;
  return (
    <TableBox label={`Rows of ${idOf(sample)}`}>
      <thead>
        <tr>
          {sample.columns.map(({ name, type }) => (
            <th scope="col" key={name} class={NUMERIC.test(type) ? 'num' : undefined}>
              {name}
              <span class="type" title={type}>
                {type.replace(/^(struct|array|map)\W.*/, '$1')}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sample.rows.map((row, index) => (
          <tr key={index}>
            {sample.columns.map(({ name, type }) => {
              const isNull = row[name] === null || row[name] === undefined;
              const kind = NUMERIC.test(type) ? 'num' : 'text';
              return (
                <td
                  key={name}
                  class={isNull ? `${kind} null` : kind}
                  title={formatValue(row[name])}
                >
                  {formatValue(row[name])}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </TableBox>
  );
}

/** Some rows of each table, one table at a time. */
export function Samples({ samples }: Pick<RunDetail, 'samples'>) {
  const [chosen, setChosen] = useState<string | null>(null);
  const sample = samples.find((one) => idOf(one) === chosen) ?? samples[0];
  if (sample === undefined) return null;
  return (
    <Section
      title="Samples"
      note={
        <select
          class="filter"
          aria-label="Table"
          value={idOf(sample)}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {samples.map((one) => (
            <option key={idOf(one)}>{idOf(one)}</option>
          ))}
        </select>
      }
    >
      <SampleTable sample={sample} />
    </Section>
  );
}

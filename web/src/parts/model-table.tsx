import type { ModelStatus } from '#src/model/status.ts';
import { toWords } from '../format.ts';
import { Empty } from './notices.tsx';
import { Section, TableBox } from './section.tsx';
import { Moment } from './time.tsx';

const NAMES: Readonly<Record<string, string>> = {
  auc: 'AUC',
  pr_auc: 'PR-AUC',
  log_loss: 'Log-loss',
};
/** Metrics of which less is better. */
const LOSSES = new Set(['log_loss', 'brier']);

interface MetricRowProps {
  readonly name: string;
  readonly model: number;
  readonly baseline: number | undefined;
}

function MetricRow({ name, model, baseline }: MetricRowProps) {
  const gain = baseline === undefined ? null : model - baseline;
  const isBetter = gain !== null && (LOSSES.has(name) ? gain < 0 : gain > 0);
  return (
    <tr>
      <th scope="row">
        {NAMES[name] ?? toWords(name)}
        {LOSSES.has(name) && <span class="faint"> less is better</span>}
      </th>
      <td class="num strong">{model.toFixed(4)}</td>
      <td class="num">{baseline?.toFixed(4) ?? '–'}</td>
      <td class={`num ${isBetter ? 'good-text' : 'bad-text'}`}>
        {gain === null ? '–' : `${gain >= 0 ? '+' : '−'}${Math.abs(gain).toFixed(4)}`}
        {gain !== null && <span class="unseen">{isBetter ? ' better' : ' worse'}</span>}
      </td>
    </tr>
  );
}

function Model({ model }: { model: ModelStatus }) {
  return (
    <>
      <TableBox label={`Model ${model.name} against its baseline`}>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" class="num">
              Model
            </th>
            <th scope="col" class="num">
              Baseline
            </th>
            <th scope="col" class="num">
              Difference
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(model.metrics).map(([name, value]) => (
            <MetricRow key={name} name={name} model={value} baseline={model.baseline[name]} />
          ))}
        </tbody>
      </TableBox>
      <p class="faint foot">
        {model.pipeline} {model.name}, trained <Moment at={model.trainedAt} /> on interval{' '}
        {model.interval}
      </p>
    </>
  );
}

/** Each model beside the baseline it must beat. */
export function ModelTable({ models }: { models: readonly ModelStatus[] }) {
  return (
    <Section title="Model against baseline">
      {models.length === 0 ? (
        <Empty title="No model has been trained yet." />
      ) : (
        models.map((model) => <Model key={`${model.pipeline}/${model.name}`} model={model} />)
      )}
    </Section>
  );
}

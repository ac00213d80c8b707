import { formatCount, toWords } from '../format.ts';

interface Bar {
  readonly name: string;
  readonly where: string;
  readonly rows: number;
}

/** Counts as bars, the largest first; the number stands beside each. */
export function CountBars({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const most = Math.max(1, ...bars.map(({ rows }) => rows));
  const sorted = [...bars].sort((a, b) => b.rows - a.rows);
  return (
    <ul class="bars" aria-label={label}>
      {sorted.map(({ name, where, rows }) => (
        <li key={`${where}/${name}`}>
          <span class="bar-name">
            {toWords(name)} <span class="faint">{where}</span>
          </span>
          <span class="bar-count">{formatCount(rows)}</span>
          <span class="bar-track" aria-hidden="true">
            <span style={{ width: `${(100 * rows) / most}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

import type { CheckResult, Verdict, VerdictStatus } from '#src/model/quality.ts';
import { toWords } from '../format.ts';
import { Section } from './section.tsx';
import { StatusMark } from './status-mark.tsx';

const ORDER: Readonly<Record<VerdictStatus, number>> = { fail: 0, warn: 1, pass: 2 };

function Results({ results }: { results: readonly CheckResult[] }) {
  return (
    <ul class="checks">
      {results.map(({ check, table, status, message }) => (
        <li key={check}>
          <StatusMark status={status} />
          <div>
            <b>{toWords(check)}</b> <span class="faint">{table}</span>
            <p>{message}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function OneVerdict({ verdict }: { verdict: Verdict }) {
  const sorted = [...verdict.results].sort((a, b) => ORDER[a.status] - ORDER[b.status]);
  const noted = sorted.filter(({ status }) => status !== 'pass');
  const passed = sorted.filter(({ status }) => status === 'pass');
  return (
    <div class="verdict">
      <h3>
        <span class="layer-name">{verdict.layer}</span> <StatusMark status={verdict.status} />
      </h3>
      {noted.length > 0 && <Results results={noted} />}
      {passed.length > 0 && (
        <details open={noted.length === 0 && passed.length < 4}>
          <summary>{passed.length} checks pass</summary>
          <Results results={passed} />
        </details>
      )}
    </div>
  );
}

/** What was checked, first what did not hold. */
export function CheckTable({ verdicts }: { verdicts: readonly Verdict[] }) {
  if (verdicts.length === 0) return null;
  return (
    <Section title="Checks">
      {verdicts.map((verdict) => (
        <OneVerdict key={verdict.layer} verdict={verdict} />
      ))}
    </Section>
  );
}

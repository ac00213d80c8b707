import type { ExecutionOutcome } from '#cli/executions.ts';
import type { IntervalOutcome } from '#cli/intervals.ts';
import { artifactsOf, readDocument } from '#cli/object-stores.ts';
import type { Stack } from '#cli/stack.ts';
import { artifactKeys } from '#src/model/artifact-keys.ts';
import { LayerReport, type TableReport } from '#src/model/quality.ts';
import type { StatusOverview } from '#src/model/status.ts';
import type { IntervalLedger, TableLedger } from './shop-ledger.ts';

/** One thing that was held against what is known to be true. */
export interface Finding {
  readonly isRight: boolean;
  readonly text: string;
}

const finding = (text: string, found: unknown, expected: unknown): Finding => {
  const isRight = JSON.stringify(found) === JSON.stringify(expected);
  const shown = JSON.stringify(found);
  return {
    isRight,
    text: isRight ? `${text}: ${shown}` : `${text}: ${shown}, expected ${JSON.stringify(expected)}`,
  };
};

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .toSorted(([a], [b]) => a.localeCompare(b)),
  );

/** Silver tables that keep every version of a row: what changes is closed, and a version is added. */
const HISTORIES: readonly string[] = ['dim_customers'];

function tableFindings(report: TableReport, ledger: TableLedger): Finding[] {
  const { table } = report;
  const newVersions = HISTORIES.includes(table) ? ledger.changed : 0;
  return [
    finding(`${table}: rows rejected, by reason`, sorted(report.rejects), sorted(ledger.rejects)),
    finding(
      `${table}: rows added, changed, in all`,
      [report.inserted, report.updated, report.rows],
      [ledger.added + newVersions, ledger.changed, ledger.rows],
    ),
  ];
}

/** How each extraction ended, and whether bronze has the rows that the source has. */
export const extractFindings = (extracts: IntervalOutcome['extracts']): Finding[] =>
  [...extracts].map(([query, { status, output }]) => {
    const { rows, sourceRows } = (output ?? {}) as { rows?: number; sourceRows?: number };
    const isRight = status === 'SUCCEEDED' && rows === sourceRows;
    return {
      isRight,
      text: `${query}: ${status}, ${rows} rows in bronze, ${sourceRows} at the source`,
    };
  });

/** How an execution ended, and of what it failed. */
export const executionFinding = (
  machine: string,
  { status, error, cause }: ExecutionOutcome,
): Finding => ({
  isRight: status === 'SUCCEEDED',
  text: `${machine}: ${status}${error === undefined ? '' : ` ${error}: ${cause}`}`,
});

/** Holds one interval against the generator's ledger: what was planted must be found, by reason, and nothing else. */
export async function judgeInterval(
  stack: Stack,
  outcome: IntervalOutcome,
  ledger: IntervalLedger,
): Promise<Finding[]> {
  const findings = [
    ...extractFindings(outcome.extracts),
    executionFinding('medallion', outcome.medallion),
  ];
  if (outcome.medallion.status !== 'SUCCEEDED') return findings;
  const { pipeline } = outcome.medallion.input as { pipeline: string };
  const key = artifactKeys.report(pipeline, outcome.interval.id, 'silver');
  const report = await readDocument(artifactsOf(stack), key, LayerReport);
  const tables = Object.entries(ledger.tables).flatMap(([name, table]) => {
    const found = report.tables.find((candidate) => candidate.table === name);
    return found === undefined
      ? [{ isRight: false, text: `${name}: the silver job reported nothing of it` }]
      : tableFindings(found, table);
  });
  const failing = Object.entries(ledger.failing).map(([check, count]) =>
    finding(
      `${check}: rows that fail`,
      report.measurements.find((measurement) => measurement.check === check)?.failing,
      count,
    ),
  );
  return [...findings, ...tables, ...failing];
}

/** The model must rank better than its one-feature baseline and cannot beat the truth by more than chance allows. */
export function modelFinding(
  { models }: StatusOverview,
  pipeline: string,
  bestAuc: number,
): Finding {
  const model = models.find((candidate) => candidate.pipeline === pipeline);
  const auc = model?.metrics.auc;
  const baseline = model?.baseline.auc;
  if (auc === undefined || baseline === undefined) {
    return { isRight: false, text: 'no model was trained' };
  }
  const text = `AUC ${auc.toFixed(4)}, recency alone ${baseline.toFixed(4)}, best possible about ${bestAuc.toFixed(4)}`;
  return { isRight: auc > baseline, text };
}

import type { Check, PipelineDocument } from '../model/pipeline.ts';
import type { CheckResult, LayerReport, VerdictStatus } from '../model/quality.ts';
import { expectedColumns, missingColumns } from './expected-columns.ts';

interface Counted {
  readonly failing: number;
  readonly total: number;
  /** What is wrong when something fails, for people. */
  readonly says: string;
}

/** Rows that break a check, from what the job measured; null when it measured nothing. */
function countFailing(
  check: Check,
  report: LayerReport,
  pipeline: PipelineDocument,
): Counted | null {
  const table = report.tables.find(({ table }) => table === check.table);
  if (check.kind === 'schema') {
    if (table === undefined) return null;
    const expected = expectedColumns(pipeline, check.layer, check.table);
    const missing = missingColumns(expected, table.columns);
    return { failing: missing.length, total: expected.length, says: missing.join(', ') };
  }
  if (check.kind === 'reject_share') {
    if (table === undefined) return null;
    const failing = Object.values(table.rejects).reduce((sum, rows) => sum + rows, 0);
    return { failing, total: table.read, says: `${failing} of ${table.read} rows rejected` };
  }
  if (check.kind === 'row_count') {
    if (table === undefined) return null;
    const failing = Math.max(0, check.min - table.rows);
    return {
      failing,
      total: check.min,
      says: `${table.rows} rows, at least ${check.min} expected`,
    };
  }
  const measured = report.measurements.find((measurement) => measurement.check === check.name);
  if (measured === undefined) return null;
  const { failing, total } = measured;
  return { failing, total, says: `${failing} of ${total} rows break it` };
}

const percent = (share: number) => `${Number((share * 100).toFixed(3))} %`;

/** Judges one check: its severity when the failing share is above the allowed one, or when it was not measured. */
export function judgeCheck(
  check: Check,
  report: LayerReport,
  pipeline: PipelineDocument,
): CheckResult {
  const { name, table, severity, max_failing_share: allowed } = check;
  const counted = countFailing(check, report, pipeline);
  if (counted === null) {
    const message = `The ${check.layer} job measured nothing for it, so nothing speaks for it.`;
    return { check: name, table, status: 'fail', failing: 0, total: 0, message };
  }
  const { failing, total, says } = counted;
  const isBroken = failing > allowed * total;
  const status: VerdictStatus = isBroken ? severity : 'pass';
  const limit = allowed === 0 ? '' : `; up to ${percent(allowed)} may`;
  const message = failing === 0 ? 'Nothing breaks it.' : `${says}${limit}.`;
  return { check: name, table, status, failing, total, message };
}

/** The worst of several. */
export function worstStatus(statuses: readonly VerdictStatus[]): VerdictStatus {
  if (statuses.includes('fail')) return 'fail';
  return statuses.includes('warn') ? 'warn' : 'pass';
}

/** Judges every check the pipeline states for the report's layer. */
export const judgeLayer = (pipeline: PipelineDocument, report: LayerReport): CheckResult[] =>
  pipeline.checks
    .filter((check) => check.layer === report.layer)
    .map((check) => judgeCheck(check, report, pipeline));

import { commitWindow } from './commit-window.ts';
import type { ExtractDeps } from './extract-deps.ts';
import { extractPart } from './extract-part.ts';
import type { CommitAnswer, ExtractRequest, PartAnswer, PlanAnswer } from './extract-request.ts';
import { planExtraction } from './plan-extraction.ts';

/** One step of the extraction of one query: plan, part or commit. */
export function extractTable(
  deps: ExtractDeps,
  request: ExtractRequest,
): Promise<PlanAnswer | PartAnswer | CommitAnswer> {
  if (request.step === 'plan') return planExtraction(deps, request);
  if (request.step === 'part') return extractPart(deps, request);
  return commitWindow(deps, request);
}

import { runInterval } from '#cli/intervals.ts';
import { openStack, type Stack } from '#cli/stack.ts';
import { readStatusOverview, statusText } from '#cli/status.ts';
import type { PipelineDocument } from '#src/model/pipeline.ts';
import { demoShop, GROUP, loadInterval, publishShop, SHARED } from './demo-shop.ts';
import type { Shop } from './generate-shop.ts';
import { type Finding, judgeInterval, modelFinding } from './judge-demo.ts';
import { say, tellFindings, title } from './narration.ts';
import { resetPipeline } from './reset-pipeline.ts';
import { switchTriggerOn } from './trigger.ts';

/** Runs one interval end to end and holds what silver and gold report against what was planted. */
async function tellInterval(
  stack: Stack,
  pipeline: PipelineDocument,
  which: 'first' | 'second',
  shop: Shop,
): Promise<Finding[]> {
  const outcome = await runInterval(stack, pipeline, GROUP, say);
  return judgeInterval(stack, outcome, shop.ledger[which]);
}

/** The main job on the demo shop, from its beginning; true when everything is as it must be. */
export async function tellStory(scale: number): Promise<boolean> {
  const stack = await openStack(SHARED);
  const pipeline = await publishShop(stack);
  await switchTriggerOn(stack);
  await resetPipeline(stack, pipeline);

  title(`A shop of 18 months, scale ${scale}, into Snowflake`);
  const shop = demoShop(scale);
  await loadInterval(pipeline, 'first', shop);

  title('First interval: Snowflake → bronze → silver → check → gold → check → train → score');
  const first = tellFindings(await tellInterval(stack, pipeline, 'first', shop));

  title('Changes at the source, then the second interval: only what changed moves');
  const changed = demoShop(scale);
  await loadInterval(pipeline, 'second', changed);
  const second = tellFindings(await tellInterval(stack, pipeline, 'second', changed));

  title('The model against its baseline and against the best that can be had');
  const overview = await readStatusOverview();
  const model = tellFindings([modelFinding(overview, pipeline.name, shop.churn.bestAuc)]);
  say(`\n${statusText(overview)}`);
  return first && second && model;
}

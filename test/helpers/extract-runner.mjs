/**
 * Runs one extraction as the state machine does: plan until the statement has ended, every part or range until it is
 * done, commit. Arguments: the handler's module, and the plan request as JSON. Prints the last answer as JSON.
 * SNOWMELT_WAIT_SCALE=0 waits as the emulator may be told to: not at all.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const [, , modulePath, request] = process.argv;
const { handler } = await import(modulePath);
const scale = Number(process.env.SNOWMELT_WAIT_SCALE ?? 1);

async function untilAnswered(event) {
  for (;;) {
    const answer = await handler(event);
    if (answer.waitSeconds === undefined) return answer;
    await sleep(answer.waitSeconds * 1000 * scale);
  }
}

async function rangesOf({ rangesKey }) {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const get = new GetObjectCommand({ Bucket: process.env.LAKE_BUCKET, Key: rangesKey });
  const { Body } = await new S3Client().send(get);
  return JSON.parse(await Body.transformToString());
}

const plan = await untilAnswered({ step: 'plan', ...JSON.parse(request) });
let answer = plan;
if (plan.hasWindow) {
  for (const part of plan.rangesKey === undefined ? plan.parts : await rangesOf(plan)) {
    while (!(await untilAnswered({ ...plan, step: 'part', part })).isDone);
  }
  answer = await handler({ ...plan, step: 'commit' });
}
process.stdout.write(`\nANSWER ${JSON.stringify(answer)}\n`);

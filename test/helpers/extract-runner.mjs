/**
 * Runs one extraction as the state machine does: plan, every part, commit. Arguments: the handler's module, and the
 * plan request as JSON. Prints the last answer as JSON.
 */
const [, , modulePath, request] = process.argv;
const { handler } = await import(modulePath);

const plan = await handler({ step: 'plan', ...JSON.parse(request) });
let answer = plan;
if (plan.hasWindow) {
  const parts = [];
  for (const part of plan.parts) parts.push(await handler({ ...plan, step: 'part', part }));
  answer = await handler({ ...plan, step: 'commit', parts });
}
process.stdout.write(`\nANSWER ${JSON.stringify(answer)}\n`);

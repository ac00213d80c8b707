import { type SupportedFeature, standInSupport } from '#local/snowflake/support.ts';

const EMULATOR = `## The AWS emulator

MiniStack runs the deployed stack: S3, DynamoDB, Lambda, Step Functions, EventBridge, SQS, SNS, the Glue catalog, Secrets
Manager and CloudFormation. A launcher of ours adds what it lacks, and checks at start that each addition still fits:

- [x] Glue jobs, from Step Functions and from the SDK, run the deployed script in real Spark
- [x] SageMaker training jobs run the deployed script in SageMaker's folder contract
- [x] errors of Node Lambdas keep their name, so that Retry and Catch match
- [x] CloudFormation types that it does not know are recorded, so that the whole stack deploys
- [x] its state is written to disk while it runs, so that a killed platform comes up with its data
- [x] it ends, without writing, when the folder of its platform is removed or has become another's
- [ ] IAM is not enforced: permissions are asserted on the template
- [ ] encryption, lifecycle rules and CORS are accepted and do nothing
- [ ] schedules are deployed switched off in the stage \`local\`
`;

function line({ feature, isSupported, note }: SupportedFeature): string {
  return `- [${isSupported ? 'x' : ' '}] ${feature}${note === undefined ? '' : `: ${note}`}`;
}

/** Areas with many plain entries are one paragraph of names, not a page of lines. */
function area(name: string, features: readonly SupportedFeature[]): string {
  const plain = features.filter(({ isSupported, note }) => isSupported && note === undefined);
  const told = features.filter((feature) => !plain.includes(feature));
  const names = plain.map(({ feature }) => feature).join(', ');
  const parts = plain.length > 8 ? [`- [x] ${names}`, ...told.map(line)] : features.map(line);
  return `### ${name}\n\n${parts.join('\n')}\n`;
}

/** docs/local-mode.md, from the tables that dispatch the stand-in's requests, statements and functions. */
export function localModeMarkdown(): string {
  const features = standInSupport();
  const areas = [...new Set(features.map((feature) => feature.area))];
  const sections = areas.map((name) =>
    area(
      name,
      features.filter((feature) => feature.area === name),
    ),
  );
  return [
    '# Local mode: what the stand-ins support\n',
    'Made from the code by `npm run docs`; a test compares the two. Whatever is not listed is refused by name.\n',
    '## The Snowflake stand-in\n',
    ...sections,
    EMULATOR,
  ].join('\n');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import { paths } from '#local/setup/paths.ts';
import { TerminalError } from '#src/errors.ts';
import type { SharedOptions } from './command.ts';

const StackOutputs = z.object({
  LakeBucket: z.string(),
  ArtifactsBucket: z.string(),
  StateTable: z.string(),
  ExtractStateMachineArn: z.string(),
  MedallionStateMachineArn: z.string(),
  ExtractTableFunction: z.string(),
  TrainModelStateMachineArn: z.string(),
  BronzeDatabase: z.string(),
  SilverDatabase: z.string(),
  GoldDatabase: z.string(),
  DatabasePrefix: z.string(),
});

const Endpoints = z.object({
  aws: z.object({
    endpoint: z.string(),
    region: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    stackOutputs: StackOutputs,
  }),
  snowflake: z.object({
    account: z.string(),
    accessUrl: z.string(),
    user: z.string(),
    privateKeyPath: z.string(),
    pat: z.string().optional(),
    database: z.string(),
    schema: z.string(),
    warehouse: z.string(),
    role: z.string(),
  }),
  status: z.object({ url: z.string() }).optional(),
});
export type Endpoints = z.infer<typeof Endpoints>;

/** The deployed stack a command works on: how to reach AWS, and what the stack put out. */
export interface Stack {
  readonly clientConfig: {
    readonly region: string;
    readonly endpoint?: string;
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly outputs: z.infer<typeof StackOutputs>;
}

/** What `local up` wrote. Throws NOT_FOUND when no local platform is up. */
export function readEndpoints(): Endpoints {
  const path = join(paths.home, 'endpoints.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TerminalError(
      'Cannot reach the local platform: it is not up. Run `npm run -s snowmelt -- local up --detach`.',
      { code: 'NOT_FOUND', cause },
    );
  }
  const parsed = Endpoints.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new TerminalError(
      `Cannot use ${path}: it was written by another version. Run \`npm run -s snowmelt -- local up --detach\` again.`,
      { code: 'CONFIG_INVALID', cause: parsed.error },
    );
  }
  return parsed.data;
}

function localStack(): Stack {
  const { aws } = readEndpoints();
  return {
    clientConfig: {
      region: aws.region,
      endpoint: aws.endpoint,
      credentials: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
    },
    outputs: aws.stackOutputs,
  };
}

async function awsStack(): Promise<Stack> {
  const region = process.env.AWS_REGION ?? 'us-east-1';
  const StackName = `snowmelt-${process.env.SNOWMELT_STAGE ?? 'dev'}`;
  const answer = await new CloudFormationClient({ region }).send(
    new DescribeStacksCommand({ StackName }),
  );
  const pairs = (answer.Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [
    OutputKey,
    OutputValue,
  ]);
  const outputs = StackOutputs.safeParse(Object.fromEntries(pairs));
  if (!outputs.success) {
    throw new TerminalError(
      `Cannot use the stack ${StackName} in ${region}: it lacks outputs. Deploy it with \`npx serverless deploy --stage …\` and set SNOWMELT_STAGE.`,
      { code: 'CONFIG_INVALID', cause: outputs.error },
    );
  }
  return { clientConfig: { region }, outputs: outputs.data };
}

/** The stack of `--target`: the local platform's, or the one deployed as `snowmelt-$SNOWMELT_STAGE`. */
export const openStack = async ({ target }: SharedOptions): Promise<Stack> =>
  target === 'local' ? localStack() : awsStack();

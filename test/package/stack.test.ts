import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionKey, functionNames } from '#test/helpers/function-files.ts';
import { type PackagedStack, packageStack, type Resource } from '#test/helpers/packaged-stack.ts';

let aws: PackagedStack;
let local: PackagedStack;

beforeAll(async () => {
  [aws, local] = await Promise.all([packageStack('dev'), packageStack('local')]);
}, 240_000);

afterAll(() => {
  for (const stack of [aws, local]) stack?.remove();
});

const ofType = (stack: PackagedStack, type: string): [string, Resource][] =>
  Object.entries(stack.resources).filter(([, resource]) => resource.Type === type);

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** Where an action or a resource may be a wildcard, and why. */
const WILDCARDS: readonly (readonly [owner: string, action: string, why: string])[] = [
  ['JobRole', 'cloudwatch:PutMetricData', 'takes no resource; held to a namespace by a condition'],
  ['TrainingRole', 'cloudwatch:PutMetricData', 'takes no resource; held to a namespace'],
  ['TrainingRole', 'ecr:GetAuthorizationToken', 'takes no resource'],
];

const list = <Item>(value: Item | readonly Item[]): readonly Item[] =>
  Array.isArray(value) ? value : [value as Item];

const grantsOf = (stack: PackagedStack) =>
  ofType(stack, 'AWS::IAM::Role').flatMap(([owner, { Properties }]) =>
    (Properties.Policies ?? []).flatMap((policy: { PolicyDocument: { Statement: Statement[] } }) =>
      policy.PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(
        (statement) => list(statement.Action).map((action) => ({ owner, action, statement })),
      ),
    ),
  );

describe('roles', () => {
  it('allow no action by wildcard', () => {
    expect(grantsOf(aws).filter(({ action }) => action.includes('*'))).toEqual([]);
  });

  it('allow nothing on every resource, except where a reason is given', () => {
    const everywhere = grantsOf(aws)
      .filter(({ statement }) => list(statement.Resource).includes('*'))
      .map(({ owner, action }) => `${owner} ${action}`);

    expect(everywhere.toSorted()).toEqual(
      WILDCARDS.map(([owner, action]) => `${owner} ${action}`).toSorted(),
    );
  });

  it('are one for each function, and none is shared', () => {
    const roles = ofType(aws, 'AWS::Lambda::Function').map(([, { Properties }]) =>
      JSON.stringify(Properties.Role),
    );

    expect(roles).toHaveLength(functionNames.length);
    expect(new Set(roles).size).toBe(roles.length);
  });

  it('are one for each state machine', () => {
    const roles = ofType(aws, 'AWS::StepFunctions::StateMachine').map(([, { Properties }]) =>
      JSON.stringify(Properties.RoleArn),
    );

    expect(new Set(roles).size).toBe(3);
  });
});

describe('storage', () => {
  const ours = () =>
    ofType(aws, 'AWS::S3::Bucket').filter(([name]) => name !== 'ServerlessDeploymentBucket');

  it("is encrypted with the stack's key, private, versioned, and cleaned of unfinished uploads", () => {
    expect(ours().map(([name]) => name)).toEqual(['LakeBucket', 'ArtifactsBucket']);
    for (const [, { Properties }] of ours()) {
      const [encryption] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      expect(encryption).toMatchObject({
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
      });
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual(Array(4).fill(true));
      expect(Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
      const rules = JSON.stringify(Properties.LifecycleConfiguration.Rules);
      expect(rules).toContain('AbortIncompleteMultipartUpload');
      expect(rules).toContain('NoncurrentVersionExpiration');
    }
  });

  it('refuses whoever does not use TLS', () => {
    const policies = ofType(aws, 'AWS::S3::BucketPolicy').map(([, { Properties }]) =>
      JSON.stringify(Properties),
    );

    for (const [name] of ours()) {
      const own = policies.find((policy) => policy.includes(`"Bucket":{"Ref":"${name}"}`));
      expect(own).toContain('"aws:SecureTransport":"false"');
    }
  });

  it('cools bronze only, since Iceberg reads files of any age', () => {
    const rules = aws.resources.LakeBucket?.Properties.LifecycleConfiguration.Rules;
    const cooled = rules.filter((rule: { Transitions?: unknown }) => rule.Transitions);

    expect(cooled.map((rule: { Prefix: string }) => rule.Prefix)).toEqual(['bronze/']);
  });

  it('outlives the stack', () => {
    const kept = ['LakeBucket', 'ArtifactsBucket', 'StateTable', 'SnowflakeSecret', 'DataKey'];

    for (const name of kept) {
      expect(aws.resources[name]).toMatchObject({ DeletionPolicy: 'Retain' });
    }
  });
});

describe('functions', () => {
  it('run Node 24 on arm64', () => {
    for (const [, { Properties }] of ofType(aws, 'AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
  });

  it('hold the same bytes on this machine as on AWS, but for native packages', () => {
    const native = /^node_modules\/@duckdb\/node-bindings-[a-z]/;

    for (const name of functionNames.map(functionKey)) {
      const [there, here] = [aws.bundle(name), local.bundle(name)];
      const compared = [...there.keys()].filter((file) => !native.test(file));
      expect(compared).toEqual([...here.keys()].filter((file) => !native.test(file)));
      for (const file of compared) {
        expect(there.get(file)?.equals(here.get(file) ?? Buffer.of()), file).toBe(true);
      }
    }
  });

  it('hold the web application where it is served', () => {
    expect([...aws.bundle('statusPage').keys()]).toContain('web/dist/index.html');
    expect([...aws.bundle('orchestrate').keys()].filter((file) => file.startsWith('web/'))).toEqual(
      [],
    );
  });

  it('hold native packages of the processor they run on, where they use them', () => {
    const bindings = (stack: PackagedStack, name: string) => [
      ...new Set(
        [...stack.bundle(name).keys()].flatMap(
          (file) => /node-bindings-([a-z0-9-]+)\//.exec(file)?.[1] ?? [],
        ),
      ),
    ];

    expect(bindings(aws, 'extractTable')).toEqual(['linux-arm64']);
    expect(bindings(local, 'extractTable')).toEqual([`${process.platform}-${process.arch}`]);
    expect(bindings(aws, 'orchestrate')).toEqual([]);
  });
});

describe('what a function loads when it starts', () => {
  const LARGEST_CODE_BYTES = 6_000_000;
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  const LARGEST_BUNDLE_BYTES = 250 * 1024 ** 2;
  const size = (files: readonly Buffer[]) => files.reduce((sum, { length }) => sum + length, 0);

  it.each(functionNames.map(functionKey))('%s is small, and knows no other cloud', (name) => {
    const bundle = [...aws.bundle(name)];
    const code = bundle.flatMap(([file, content]) => (/\.[cm]?js$/.test(file) ? [content] : []));

    expect(size(bundle.map(([, content]) => content))).toBeLessThan(LARGEST_BUNDLE_BYTES);
    expect(size(code)).toBeGreaterThan(0);
    expect(size(code)).toBeLessThan(LARGEST_CODE_BYTES);
    expect(code.some((text) => /azure-storage|@azure\/|googleapis\.com/.test(`${text}`))).toBe(
      false,
    );
  });
});

describe('jobs', () => {
  it('are a script each, told its interval, without bookmarks, with arguments that Glue knows', () => {
    const jobs = ofType(aws, 'AWS::Glue::Job').map(([, { Properties }]) => Properties);

    expect(jobs).toHaveLength(3);
    for (const { Command, DefaultArguments } of jobs) {
      expect(JSON.stringify(Command.ScriptLocation)).toMatch(/glue-scripts\/jobs\/\w+\.py"/);
      expect(DefaultArguments['--job-bookmark-option']).toBe('job-bookmark-disable');
      expect(DefaultArguments['--enable-metrics']).toBe('true');
      for (const name of Object.keys(DefaultArguments)) {
        expect(name).toMatch(/^--(conf|TempDir|[a-z]+(-[a-z]+)+)$/);
      }
    }
  });
});

describe('what costs while nothing runs', () => {
  it('is not there: no endpoint, no cluster, no network of its own with gateways', () => {
    const types = Object.values(aws.resources).map(({ Type }) => Type);
    const idle = /^AWS::(EC2|ECS|EKS|EMR|MSK|RDS|Redshift|ElastiCache|OpenSearchService|MWAA)::/;

    expect(types.filter((type) => idle.test(type))).toEqual([]);
    expect(types.filter((type) => type.startsWith('AWS::SageMaker::Endpoint'))).toEqual([]);
    for (const [, { Properties }] of ofType(aws, 'AWS::Lambda::Function')) {
      expect(Properties.VpcConfig).toBeUndefined();
    }
  });
});

describe('triggers', () => {
  const rules = (stack: PackagedStack) =>
    Object.fromEntries(
      ofType(stack, 'AWS::Events::Rule').map(([, { Properties }]) => [Properties.Name, Properties]),
    );

  it('start the medallion by the manifest alone, never by a part', () => {
    const { EventPattern } = rules(aws)['snowmelt-dev-manifest-written'];

    expect(EventPattern.detail.object.key).toEqual([{ wildcard: 'bronze/*/_manifest.json' }]);
    expect(EventPattern.detail.bucket.name).toEqual([{ Ref: 'LakeBucket' }]);
  });

  it('tick on AWS, and not on this machine', () => {
    expect(rules(aws)['snowmelt-dev-tick'].State).toBe('ENABLED');
    expect(rules(local)['snowmelt-local-tick'].State).toBe('DISABLED');
  });

  it('keep what could not be handled', () => {
    const all = ofType(aws, 'AWS::Events::Rule');

    expect(all).toHaveLength(2);
    for (const [, { Properties }] of all) {
      expect(Properties.Targets[0].DeadLetterConfig.Arn).toEqual({
        'Fn::GetAtt': ['EventDeadLetters', 'Arn'],
      });
    }
  });

  it('let in to the status page who is signed in, on this machine everybody', () => {
    const types = (stack: PackagedStack) =>
      ofType(stack, 'AWS::ApiGatewayV2::Route').map(
        ([, { Properties }]) => Properties.AuthorizationType,
      );

    expect(types(aws)).toEqual(['AWS_IAM', 'AWS_IAM']);
    expect(types(local).filter((type) => type !== undefined && type !== 'NONE')).toEqual([]);
  });
});

describe('outputs', () => {
  it.each([
    'LakeBucket',
    'ArtifactsBucket',
    'StateTable',
    'AlertsTopicArn',
    'SnowflakeSecretArn',
    'ExtractStateMachineArn',
    'MedallionStateMachineArn',
    'TrainModelStateMachineArn',
    'BronzeDatabase',
    'SilverDatabase',
    'GoldDatabase',
    'DatabasePrefix',
    'StatusPageUrl',
  ])('name %s', (output) => {
    expect(aws.outputs[output]).toBeDefined();
  });
});

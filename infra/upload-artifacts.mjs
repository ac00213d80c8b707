import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readEntries, tarGz, zip } from './archives.mjs';

const isPython = (name) => name.endsWith('.py');
const isTraining = (name) => isPython(name) || name.endsWith('requirements.txt');

/**
 * What Glue and SageMaker load at run time, by key in the artifacts bucket.
 *
 * @param {string} root the repository
 * @returns {{ key: string, content: Buffer }[]}
 */
export function artifacts(root) {
  const jobs = readEntries(join(root, 'glue-scripts/jobs'), isPython);
  const pipeline = readEntries(join(root, 'glue-scripts/pipeline'), isPython);
  const inPackage = pipeline.map(({ name, content }) => ({ name: `pipeline/${name}`, content }));
  return [
    ...jobs.map(({ name, content }) => ({ key: `glue-scripts/jobs/${name}`, content })),
    { key: 'glue-scripts/pipeline.zip', content: zip(inPackage) },
    {
      key: 'training/sourcedir.tar.gz',
      content: tarGz(readEntries(join(root, 'training'), isTraining)),
    },
  ];
}

/** Uploads one object unless the bucket holds the same content; true when it did. */
async function upload(s3, Bucket, { key: Key, content }) {
  const sha256 = createHash('sha256').update(content).digest('hex');
  try {
    const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    if (Metadata?.sha256 === sha256) return false;
  } catch (error) {
    if (error.name !== 'NotFound') throw error;
  }
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: content, Metadata: { sha256 } }));
  return true;
}

async function artifactsBucket(provider, config) {
  const StackName = provider.naming.getStackName();
  const answer = await new CloudFormationClient(config).send(
    new DescribeStacksCommand({ StackName }),
  );
  const outputs = answer.Stacks?.[0]?.Outputs ?? [];
  return outputs.find(({ OutputKey }) => OutputKey === 'ArtifactsBucket').OutputValue;
}

/** Puts the Glue scripts and the training code into the artifacts bucket after every deployment. */
export default class UploadArtifacts {
  constructor(serverless, _options, { log }) {
    this.hooks = {
      'after:deploy:deploy': async () => {
        const provider = serverless.getProvider('aws');
        const config = await provider.getAwsSdkV3Config();
        const Bucket = await artifactsBucket(provider, config);
        const s3 = new S3Client(config);
        const found = artifacts(serverless.serviceDir);
        const uploaded = await Promise.all(found.map((artifact) => upload(s3, Bucket, artifact)));
        log.notice(`${uploaded.filter(Boolean).length} of ${found.length} artifacts uploaded`);
      },
    };
  }
}

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { stopPiece, url } from '#local/platform/pieces.ts';
import {
  emulatorCredentials,
  type Places,
  platformPlaces,
  REGION,
} from '#local/platform/places.ts';
import { freePorts, type Ports } from '#local/platform/ports.ts';
import { ensureEmulator } from '#local/platform.ts';
import { paths } from '#local/setup/paths.ts';

export interface Emulator {
  readonly endpoint: string;
  readonly places: Places;
  readonly ports: Ports;
  readonly clients: ReturnType<typeof awsClients>;
  /** Starts again what does not run. */
  ensure(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

export function awsClients(endpoint: string) {
  const config = { endpoint, region: REGION, credentials: emulatorCredentials() };
  return {
    cloudFormation: new CloudFormationClient(config),
    dynamo: new DynamoDBClient(config),
    glue: new GlueClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sageMaker: new SageMakerClient(config),
    stepFunctions: new SFNClient(config),
  };
}

/** The AWS emulator and the jobs runner with nothing deployed, in a home of its own; ready in a second. */
export async function startEmulator(name: string): Promise<Emulator> {
  const places = platformPlaces(join(paths.setupDir, 'test-emulators', name));
  rmSync(places.home, { recursive: true, force: true });
  mkdirSync(places.home, { recursive: true });
  const ports = await freePorts();
  await ensureEmulator(places, ports);
  const endpoint = url(ports.emulator);
  return {
    endpoint,
    places,
    ports,
    clients: awsClients(endpoint),
    ensure: () => ensureEmulator(places, ports),
    async remove() {
      await Promise.all([stopPiece(places, 'emulator'), stopPiece(places, 'runner')]);
      rmSync(places.home, { recursive: true, force: true });
    },
  };
}

/** A table with the keys of the deployed state table. */
export async function createStateTable({ clients }: Emulator, TableName: string): Promise<void> {
  await clients.dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
}

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { StartJobRunCommand } from '@aws-sdk/client-glue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { homeIdPath } from '#local/platform/home-identity.ts';
import { ensurePiece, pieces } from '#local/platform/pieces.ts';
import { taggedProcesses } from '#local/platform/tagged-processes.ts';
import { platformDown } from '#local/platform.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { deploy, glueJob, uploadFixtures } from './sample-stack.ts';

/** Longer than the interval between checkpoints, and than that of the watch. */
const PATIENCE = { timeout: 10_000, interval: 200 };

let emulator: Emulator;
let home: string;

const createTable = (TableName: string) =>
  emulator.clients.dynamo.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );

const piecesThatRun = (): string[] => [
  ...new Set(taggedProcesses(home).map(({ tag }) => tag.piece)),
];

const allAreGone = () => vi.waitFor(() => expect(taggedProcesses(home)).toEqual([]), PATIENCE);

beforeEach(async () => {
  emulator = await startEmulator('foreign-home');
  home = emulator.places.home;
  await ensurePiece(emulator.places, pieces.standIn(emulator.places, emulator.ports));
  const frontDoor = pieces.frontDoor(emulator.places, emulator.ports, emulator.endpoint);
  await ensurePiece(emulator.places, frontDoor);
});

afterEach(async () => {
  await platformDown({ home });
  rmSync(home, { recursive: true, force: true });
});

describe('a platform whose home is removed by hand', () => {
  it('is gone within seconds, the processes of its jobs too, and writes nothing', async () => {
    await uploadFixtures(emulator);
    await deploy(emulator, 'forsaken', { Sleeping: glueJob('sleeping', 'sleep.py') });
    const marker = join(home, 'marker');
    await emulator.clients.glue.send(
      new StartJobRunCommand({ JobName: 'sleeping', Arguments: { '--marker': marker } }),
    );
    await vi.waitFor(() => expect(existsSync(marker)).toBe(true), { timeout: 20_000 });
    expect(piecesThatRun().sort()).toEqual(['emulator', 'front-door', 'runner', 'stand-in']);

    rmSync(home, { recursive: true, force: true });

    await allAreGone();
    expect(existsSync(home)).toBe(false);
  });
});

describe('a platform whose home has become that of another', () => {
  it('ends without saving its state over the new one', async () => {
    await createTable('old');
    const state = join(emulator.places.emulator, 'state', 'dynamodb.json');
    rmSync(home, { recursive: true, force: true });
    mkdirSync(join(state, '..'), { recursive: true });
    writeFileSync(state, 'new');
    writeFileSync(homeIdPath(home), 'another');

    await allAreGone();

    expect(readFileSync(state, 'utf8')).toBe('new');
  });

  it('is ended when the new one starts', async () => {
    await createTable('old');
    const old = taggedProcesses(home).map(({ pid }) => pid);
    rmSync(home, { recursive: true, force: true });

    await emulator.ensure();
    await createTable('new');

    await vi.waitFor(
      () => expect(piecesThatRun().sort()).toEqual(['emulator', 'runner']),
      PATIENCE,
    );
    for (const { pid } of taggedProcesses(home)) expect(old).not.toContain(pid);
    const { TableNames } = await emulator.clients.dynamo.send(new ListTablesCommand());
    expect(TableNames).toEqual(['new']);
  });
});

describe('local down', () => {
  it('finds the pieces that no record names', async () => {
    rmSync(emulator.places.state);

    await platformDown({ home });

    expect(taggedProcesses(home)).toEqual([]);
  });
});

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePiece, pieces, stopPiece, url } from '#local/platform/pieces.ts';
import { type Places, platformPlaces } from '#local/platform/places.ts';
import { freePorts, type Ports } from '#local/platform/ports.ts';
import { readStandInLine } from '#local/platform/snowflake-access.ts';
import { readState } from '#local/platform/state.ts';
import { ensureEmulator } from '#local/platform.ts';
import { paths } from '#local/setup/paths.ts';
import { awsClients } from '../../helpers/emulator.ts';
import { execute, snowflake } from '../../helpers/snowflake-client.ts';
import { integrationSql } from '../../helpers/stage-bucket.ts';

let places: Places;
let ports: Ports;

beforeAll(async () => {
  places = platformPlaces(join(paths.setupDir, 'test-emulators', 'stand-in-piece'));
  rmSync(places.home, { recursive: true, force: true });
  mkdirSync(places.home, { recursive: true });
  ports = await freePorts();
});

afterAll(async () => {
  for (const name of ['stand-in', 'emulator', 'runner'] as const) await stopPiece(places, name);
  rmSync(places.home, { recursive: true, force: true });
});

/** Starts the stand-in as the platform does, and logs in. */
async function open(): Promise<Connection> {
  await ensurePiece(places, pieces.standIn(places, ports));
  const { account, accessUrl, user, pat, database, schema, warehouse } =
    readStandInLine(places) ?? {};
  const connection = snowflake.createConnection({
    ...{ account, accessUrl, username: user, database, schema, warehouse },
    ...{ authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: pat },
  } as Parameters<typeof snowflake.createConnection>[0]);
  return new Promise((done, fail) => {
    connection.connect((error) => (error ? fail(error) : done(connection)));
  });
}

describe('the stand-in of the platform', () => {
  it('reads the buckets of an emulator that starts after it, and keeps stages and loads over a kill', async () => {
    const first = await open();
    await execute(first, integrationSql('lake'));
    await execute(first, "create stage s url = 's3://lake/lake/' storage_integration = s3_int");
    await ensureEmulator(places, ports);
    const { s3 } = awsClients(url(ports.emulator));
    await s3.send(new CreateBucketCommand({ Bucket: 'lake' }));
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'lake/a.csv', Body: '1\n2\n' }));
    await execute(first, 'create table t (a int)');
    expect((await execute(first, 'copy into t from @s')).rows).toMatchObject([
      { status: 'LOADED' },
    ]);

    process.kill(readState(places).pieces['stand-in']?.pid ?? 0, 'SIGKILL');
    const second = await open();

    expect((await execute(second, 'select sum(a) as s from t')).rows).toEqual([{ S: 3 }]);
    expect((await execute(second, 'list @s')).rows).toMatchObject([
      { name: 's3://lake/lake/a.csv' },
    ]);
    expect((await execute(second, 'copy into t from @s')).rows).toEqual([
      { status: 'Copy executed with 0 files processed.' },
    ]);
  });
});

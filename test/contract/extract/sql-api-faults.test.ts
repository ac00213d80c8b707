import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { snowflakeWarehouse } from '#src/adapters/snowflake/snowflake-warehouse.ts';
import { pipelineDocument } from '#test/helpers/extract-fixtures.ts';
import {
  type FaultyAnswer,
  type FaultySqlApi,
  faultySqlApi,
} from '#test/helpers/faulty-sql-api.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const folder = mkdtempSync(join(tmpdir(), 'faults-'));
const path = join(folder, 'partition.json');
let api: FaultySqlApi;

afterEach(() => api.close());

/** A warehouse at a server that gives these answers, and how often its log-in was read. */
async function warehouseAt(...answers: FaultyAnswer[]) {
  api = await faultySqlApi(...answers);
  const reads = { count: 0 };
  const credentials = {
    async read() {
      reads.count += 1;
      return { account: 'local', accessUrl: api.url, user: 'me', privateKey: pem };
    },
    forget: () => undefined,
  };
  const warehouse = snowflakeWarehouse({
    connection: pipelineDocument().snowflake,
    credentials,
    retry: { attempts: 4, baseMs: 5 },
    statementSeconds: 0.2,
  });
  return { warehouse, reads };
}

const submitted = { status: 202, body: { statementHandle: '01-a' } };
const finished = (rows: unknown[][]) => ({
  body: {
    statementHandle: '01-a',
    resultSetMetaData: {
      numRows: rows.length,
      partitionInfo: [{ rowCount: rows.length }],
      rowType: [{ name: 'A', type: 'fixed', precision: 38, scale: 0, nullable: false }],
    },
    data: rows,
  },
});

describe('a request that fails', () => {
  it.each([429, 500, 503, 408])('is sent again after %i', async (status) => {
    const { warehouse } = await warehouseAt({ status }, { status }, submitted);

    expect(await warehouse.submit('select 1', 'id-1')).toBe('01-a');
    expect(api.requests).toHaveLength(3);
  });

  it('carries the same request id each time, so that the statement runs once', async () => {
    const { warehouse } = await warehouseAt({ status: 503 }, submitted);

    await warehouse.submit('select 1', 'id-1');

    const lines = new Set(api.requests.map(({ line }) => line));
    expect([...lines]).toEqual(['POST /api/v2/statements?async=true&retry=true&requestId=id-1']);
  });

  it('waits as long as the server asks', async () => {
    const { warehouse } = await warehouseAt(
      { status: 429, headers: { 'retry-after': '1' } },
      submitted,
    );

    await warehouse.submit('select 1', 'id-1');

    const [first, second] = api.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it('ends as a transient error when it fails every time', async () => {
    const { warehouse } = await warehouseAt({ status: 503 });

    await expect(warehouse.submit('select 1', 'id-1')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'WAREHOUSE_UNAVAILABLE',
    });
    expect(api.requests).toHaveLength(4);
  });

  it('ends as a transient error when nobody answers', async () => {
    const { warehouse } = await warehouseAt(submitted);
    await api.close();

    await expect(warehouse.submit('select 1', 'id-1')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'WAREHOUSE_UNAVAILABLE',
    });
  });

  it('is not sent again when the statement was refused', async () => {
    const message = "SQL compilation error:\nObject 'ORDERS' does not exist";
    const body = { code: '002003', sqlState: '42S02', message, statementHandle: '01-a' };
    const { warehouse } = await warehouseAt({ status: 422, body });

    await expect(warehouse.submit('select 1', 'id-1')).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'WAREHOUSE_REFUSED',
      message: expect.stringContaining("Object 'ORDERS' does not exist"),
      details: { snowflakeCode: '002003', queryId: '01-a' },
    });
    expect(api.requests).toHaveLength(1);
  });

  it('keeps values of rows out of the message', async () => {
    const message = "Numeric value 'secret' is not recognized";
    const body = { code: '100038', sqlState: '22018', message };
    const { warehouse } = await warehouseAt({ status: 422, body });

    const error = await warehouse.submit('select 1', 'id-1').catch((caught: Error) => caught);

    expect(String(error)).not.toContain('secret');
    expect(String(error)).toContain('100038');
  });
});

describe('a log-in that is refused', () => {
  const refused = { status: 401, body: { code: '390144', message: 'JWT token is invalid.' } };

  it('is made once more, with the log-in read again', async () => {
    const { warehouse, reads } = await warehouseAt(refused, submitted);

    expect(await warehouse.submit('select 1', 'id-1')).toBe('01-a');
    expect(reads.count).toBe(2);
  });

  it('ends as a terminal error the second time', async () => {
    const { warehouse } = await warehouseAt(refused);

    await expect(warehouse.submit('select 1', 'id-1')).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'CREDENTIALS_REFUSED',
    });
    expect(api.requests).toHaveLength(2);
  });
});

describe('a statement that runs too long', () => {
  it('is cancelled, and ends as a transient error', async () => {
    const { warehouse } = await warehouseAt({ status: 202, body: {} });

    await expect(warehouse.waitFor('01-a')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'WAREHOUSE_UNAVAILABLE',
    });
    expect(api.requests.at(-1)?.line).toBe('POST /api/v2/statements/01-a/cancel');
  });

  it('ends as a transient error when Snowflake has cancelled it', async () => {
    const body = { code: '000630', sqlState: '57014', message: 'Statement reached its timeout' };
    const { warehouse } = await warehouseAt({ status: 408, body });

    await expect(warehouse.waitFor('01-a')).rejects.toMatchObject({ name: 'TransientError' });
    expect(api.requests).toHaveLength(1);
  });
});

describe('a partition', () => {
  const rows = Array.from({ length: 200 }, (_, n) => [String(n), `] } text ${n}`, null]);
  const whole = { body: JSON.stringify({ data: rows }), gzip: true };

  it('is saved as its rows alone, whatever white space is around them', async () => {
    const spaced = `\n{ "data" : [ ${JSON.stringify(rows).slice(1)} \n}\n`;
    const { warehouse } = await warehouseAt({ body: spaced, gzip: true });

    await warehouse.savePartition('01-a', 1, path);

    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(rows);
  });

  it('may be empty', async () => {
    const { warehouse } = await warehouseAt({ body: '{"data":[]}', gzip: true });

    await warehouse.savePartition('01-a', 1, path);

    expect(readFileSync(path, 'utf8')).toBe('[]');
  });

  it('is fetched again when the connection broke on the way', async () => {
    const { warehouse } = await warehouseAt({ ...whole, cutAfter: 300 }, whole);

    await warehouse.savePartition('01-a', 1, path);

    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(rows);
    expect(api.requests).toHaveLength(2);
  });

  it('is fetched again when its text ends too early, and refused when it always does', async () => {
    const short = { body: whole.body.slice(0, -100), gzip: true };
    const { warehouse } = await warehouseAt(short);

    await expect(warehouse.savePartition('01-a', 1, path)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'RESULT_CORRUPT',
    });
    expect(api.requests).toHaveLength(4);
  });

  it('is refused when it is something else', async () => {
    const { warehouse } = await warehouseAt({ body: `{"rows":[${'1,'.repeat(400)}1]}` });

    await expect(warehouse.savePartition('01-a', 1, path)).rejects.toMatchObject({
      code: 'RESULT_CORRUPT',
    });
  });

  it('with the metadata is taken out of the answer', async () => {
    const { warehouse } = await warehouseAt(finished([['1'], ['2']]));

    await warehouse.savePartition('01-a', 0, path);

    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([['1'], ['2']]);
  });

  it('is gone after a day, which no retry cures', async () => {
    const body = { code: '000709', sqlState: '02000', message: 'Statement 01-a not found' };
    const { warehouse } = await warehouseAt({ status: 422, body });

    await expect(warehouse.savePartition('01-a', 3, path)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'NOT_FOUND',
    });
  });

  it('that the disk has no room for is a transient error', async () => {
    const { warehouse } = await warehouseAt(whole);

    await expect(warehouse.savePartition('01-a', 1, '/dev/full')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'STORE_UNAVAILABLE',
    });
  });
});

describe('an answer that is not as documented', () => {
  it('is refused, and names the fields', async () => {
    const { warehouse } = await warehouseAt({ body: { statementHandle: '01-a', data: [] } });

    await expect(warehouse.waitFor('01-a')).rejects.toMatchObject({
      code: 'RESULT_CORRUPT',
      message: expect.stringContaining('resultSetMetaData'),
    });
  });

  it('without sizes of partitions gets sizes on the safe side', async () => {
    const { warehouse } = await warehouseAt(finished([['1'], ['2']]));

    const { partitions } = await warehouse.waitFor('01-a');

    expect(partitions).toEqual([{ rows: 2, bytes: 128 }]);
  });
});

import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type Recording, recordedPath, recordPartitions } from './partitions.ts';
import { columnsOf, SHAPES, tableOf, type Work, workOf } from './shapes.ts';

/**
 * Serves recorded results over the SQL API and the driver's protocol: `orders_<rows>` in a
 * statement names which. Nothing is computed, so that a client's time is its own.
 */
const names = Object.keys(SHAPES);

/** The work is in the query id: which shape, and how many rows. */
const queryIdOf = ({ shape, rows }: Work) =>
  `01b00000-0000-0000-000${names.indexOf(shape)}-${String(rows).padStart(12, '0')}`;
const workOfQuery = (id: string): Work => ({
  shape: names[Number(id.at(-14))] ?? 'orders',
  rows: Number(id.slice(-12)),
});

const recordings = new Map<string, Promise<Recording>>();

function recordingOf(work: Work): Promise<Recording> {
  const recording = recordings.get(tableOf(work)) ?? recordPartitions(work);
  recordings.set(tableOf(work), recording);
  return recording;
}

const rowTypeOf = (work: Work) =>
  columnsOf(work).map(({ cell: _, ...described }) => ({
    ...described,
    byteLength: described.length,
    collation: null,
    database: '',
    schema: '',
    table: '',
  }));

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const isZipped = request.headers['content-encoding'] === 'gzip';
  return (isZipped ? gunzipSync(bytes) : bytes).toString('utf8');
}

function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendFile(response: ServerResponse, path: string, contentType: string): void {
  response.writeHead(200, { 'content-type': contentType, 'content-encoding': 'gzip' });
  createReadStream(path).pipe(response);
}

/** A first partition without rows, so that all rows come the same way. */
async function apiResult(work: Work) {
  const { rows } = work;
  const { partitions } = await recordingOf(work);
  const rowType = rowTypeOf(work);
  const partitionInfo = [{ rowCount: 0, uncompressedSize: 2 }, ...partitions];
  return {
    statementHandle: queryIdOf(work),
    resultSetMetaData: { numRows: rows, format: 'jsonv2', partitionInfo, rowType },
    data: [] as string[][],
  };
}

function apiScalar(value: string) {
  const only = { name: 'A', type: 'text', nullable: true };
  return {
    resultSetMetaData: { numRows: 1, partitionInfo: [{ rowCount: 1 }], rowType: [only] },
    data: [[value]],
  };
}

/** Answers of counts, descriptions and the clock. */
const scalars = new Map<string, object>();

async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL) {
  if (request.method === 'POST') {
    const { statement } = JSON.parse(await readBody(request)) as { statement: string };
    const work = workOf(statement);
    let statementHandle = queryIdOf(work);
    if (/CURRENT_TIMESTAMP|COUNT\(|LIMIT 0/.test(statement)) {
      statementHandle = crypto.randomUUID();
      const isCount = statement.includes('COUNT');
      const answer = statement.includes('LIMIT 0')
        ? { ...(await apiResult(work)), data: [] }
        : apiScalar(isCount ? String(work.rows) : '1900000000.000000000');
      scalars.set(statementHandle, { ...answer, statementHandle });
    }
    return sendJson(response, { code: '333334', statementHandle }, 202);
  }
  const handle = url.pathname.split('/').at(-1) ?? '';
  const scalar = scalars.get(handle);
  if (scalar !== undefined) return sendJson(response, scalar);
  const partition = Number(url.searchParams.get('partition') ?? 0);
  const work = workOfQuery(handle);
  if (partition === 0) return sendJson(response, await apiResult(work));
  const { folder } = await recordingOf(work);
  return sendFile(response, recordedPath(folder, 'api', partition - 1), 'application/json');
}

const login = {
  token: 'session',
  masterToken: 'master',
  validityInSeconds: 3600,
  masterValidityInSeconds: 14_400,
  displayUserName: 'BENCH',
  serverVersion: '9.0.0',
  sessionId: 1,
  healthCheckInterval: 45,
  parameters: [{ name: 'TIMEZONE', value: 'UTC' }],
  sessionInfo: { databaseName: 'DB', schemaName: 'PUBLIC', warehouseName: 'WH', roleName: 'R' },
};

async function driverResult(work: Work, origin: string, form: 'driver' | 'arrow') {
  const { rows } = work;
  const { partitions } = await recordingOf(work);
  const chunks = partitions.map(({ rowCount, uncompressedSize }, index) => {
    const url = `${origin}/chunks/${tableOf(work)}/${form}/${index}`;
    return { url, rowCount, uncompressedSize, compressedSize: uncompressedSize };
  });
  return {
    parameters: [{ name: 'TIMEZONE', value: 'UTC' }],
    rowtype: rowTypeOf(work),
    ...(form === 'arrow' ? { rowsetBase64: '' } : { rowset: [] }),
    chunks,
    chunkHeaders: { 'x-recorded': '1' },
    total: rows,
    returned: rows,
    queryId: queryIdOf(work),
    queryResultFormat: form === 'arrow' ? 'arrow' : 'json',
    finalDatabaseName: 'DB',
    finalSchemaName: 'PUBLIC',
    finalWarehouseName: 'WH',
    finalRoleName: 'R',
    statementTypeId: 4096,
    version: 1,
  };
}

async function serveDriver(request: IncomingMessage, response: ServerResponse, url: URL) {
  const [, kind, table = '', form, index] = url.pathname.split('/');
  if (kind === 'chunks') {
    const { folder } = await recordingOf(workOf(table));
    const isArrow = form === 'arrow';
    const path = recordedPath(folder, isArrow ? 'arrow' : 'driver', Number(index));
    return sendFile(response, path, 'application/octet-stream');
  }
  const body = await readBody(request);
  const answer = (data: unknown) => sendJson(response, { success: true, code: null, data });
  if (url.pathname.endsWith('/login-request')) return answer(login);
  if (!url.pathname.endsWith('/query-request')) return answer({});
  const { sqlText } = JSON.parse(body) as { sqlText: string };
  const isPython = /python/i.test(request.headers['user-agent'] ?? '');
  const origin = `http://${request.headers.host}`;
  return answer(await driverResult(workOf(sqlText), origin, isPython ? 'arrow' : 'driver'));
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const serve = url.pathname.startsWith('/api/') ? serveApi : serveDriver;
  serve(request, response, url).catch((error) =>
    sendJson(response, { message: String(error) }, 500),
  );
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});

import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { COLUMNS, type Recording, recordedPath, recordPartitions } from './partitions.ts';

/**
 * Serves recorded results over the SQL API and the driver's protocol: `orders_<rows>` in a
 * statement names which. Nothing is computed, so that a client's time is its own.
 */
const QUERY_ID = '01b00000-0000-0000-0000-';

const queryIdOf = (rows: number) => `${QUERY_ID}${String(rows).padStart(12, '0')}`;
const rowsOfQuery = (text: string) => Number(text.slice(-12));
const rowsInStatement = (sql: string) => Number(/orders_(\d+)/i.exec(sql)?.[1] ?? 0);

const recordings = new Map<number, Recording>();

async function recordingOf(rows: number): Promise<Recording> {
  const recording = recordings.get(rows) ?? (await recordPartitions(rows));
  recordings.set(rows, recording);
  return recording;
}

const rowType = COLUMNS.map(({ cell: _, ...described }) => ({
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
  return Buffer.concat(chunks).toString('utf8');
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
async function apiResult(rows: number) {
  const { partitions } = await recordingOf(rows);
  const partitionInfo = [{ rowCount: 0, uncompressedSize: 2 }, ...partitions];
  return {
    statementHandle: queryIdOf(rows),
    resultSetMetaData: { numRows: rows, format: 'jsonv2', partitionInfo, rowType },
    data: [] as string[][],
  };
}

function apiScalar(kind: number) {
  const value = kind === 1 ? '1900000000.000000000' : String(kind);
  const only = { name: 'A', type: 'text', nullable: true };
  return {
    statementHandle: queryIdOf(kind),
    resultSetMetaData: { numRows: 1, partitionInfo: [{ rowCount: 1 }], rowType: [only] },
    data: [[value]],
  };
}

/**
 * Statement handles of counts, descriptions and the clock are small numbers below any recorded
 * size.
 */
const scalars = new Map<string, object>();

async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL) {
  if (request.method === 'POST') {
    const { statement } = JSON.parse(await readBody(request)) as { statement: string };
    const rows = rowsInStatement(statement);
    let statementHandle = queryIdOf(rows);
    if (/CURRENT_TIMESTAMP|COUNT\(|LIMIT 0/.test(statement)) {
      statementHandle = crypto.randomUUID();
      const answer = /COUNT/.test(statement) ? apiScalar(rows) : apiScalar(1);
      const described = { ...(await apiResult(rows || 1)), data: [] };
      const isDescription = statement.includes('LIMIT 0');
      scalars.set(statementHandle, { ...(isDescription ? described : answer), statementHandle });
    }
    return sendJson(response, { code: '333334', statementHandle }, 202);
  }
  const handle = url.pathname.split('/').at(-1) ?? '';
  const scalar = scalars.get(handle);
  if (scalar !== undefined) return sendJson(response, scalar);
  const partition = Number(url.searchParams.get('partition') ?? 0);
  const rows = rowsOfQuery(handle);
  if (partition === 0) return sendJson(response, await apiResult(rows));
  const { folder } = await recordingOf(rows);
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

async function driverResult(rows: number, origin: string) {
  const { partitions } = await recordingOf(rows);
  const chunks = partitions.map(({ rowCount, uncompressedSize }, index) => {
    const url = `${origin}/chunks/${rows}/${index}`;
    return { url, rowCount, uncompressedSize, compressedSize: uncompressedSize };
  });
  return {
    parameters: [{ name: 'TIMEZONE', value: 'UTC' }],
    rowtype: rowType,
    rowset: [],
    chunks,
    chunkHeaders: { 'x-recorded': '1' },
    total: rows,
    returned: rows,
    queryId: queryIdOf(rows),
    queryResultFormat: 'json',
    finalDatabaseName: 'DB',
    finalSchemaName: 'PUBLIC',
    finalWarehouseName: 'WH',
    finalRoleName: 'R',
    statementTypeId: 4096,
    version: 1,
  };
}

async function serveDriver(request: IncomingMessage, response: ServerResponse, url: URL) {
  const [, kind, rows, index] = url.pathname.split('/');
  if (kind === 'chunks') {
    const { folder } = await recordingOf(Number(rows));
    const path = recordedPath(folder, 'driver', Number(index));
    return sendFile(response, path, 'application/octet-stream');
  }
  const body = await readBody(request);
  const answer = (data: unknown) => sendJson(response, { success: true, code: null, data });
  if (url.pathname.endsWith('/login-request')) return answer(login);
  if (!url.pathname.endsWith('/query-request')) return answer({});
  const { sqlText } = JSON.parse(body) as { sqlText: string };
  return answer(await driverResult(rowsInStatement(sqlText), `http://${request.headers.host}`));
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

// The jobs runner: runs Glue jobs and SageMaker training as processes, for the emulator that asks it to.
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EntityNotFoundException, GetJobCommand, GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsFault } from './aws-fault.ts';
import type { GlueJob, GlueRun } from './glue-job.ts';
import { failInterrupted, glueRuns } from './glue-runs.ts';
import { fileRunRecords } from './run-records.ts';
import { type RunnerSettings, runnerSettings } from './runner-settings.ts';
import { answerCall, mapTimes, type Runs } from './sdk-calls.ts';
import { sparkHosts } from './spark-hosts.ts';
import { type StepFunctionTasks, stepFunctionTasks } from './step-function-tasks.ts';
import type { TrainingJob } from './training-job.ts';
import { failInterruptedTraining, trainingRuns } from './training-runs.ts';

const toSeconds = (milliseconds: number): number => milliseconds / 1000;

async function getJob(glue: GlueClient, name: string): Promise<GlueJob> {
  try {
    const answer = await glue.send(new GetJobCommand({ JobName: name }));
    return answer.Job as GlueJob;
  } catch (error) {
    if (!(error instanceof EntityNotFoundException)) throw error;
    throw new AwsFault(
      'EntityNotFoundException',
      `Failed to start job run due to missing metadata: there is no job ${name}.`,
    );
  }
}

interface OpenRuns extends Runs {
  /** Kills what runs; those runs have failed. */
  close(): Promise<void>;
}

/** Everything that runs, with what an earlier runner left unfinished marked as failed. */
export function openRuns(settings: RunnerSettings): OpenRuns {
  const client = {
    endpoint: settings.endpoint,
    region: settings.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const logs = new CloudWatchLogsClient(client);
  const glue = new GlueClient(client);
  const jobRecords = fileRunRecords<GlueRun>(join(settings.recordsDir, 'glue'));
  const trainingRecords = fileRunRecords<TrainingJob>(join(settings.recordsDir, 'training'));
  const hosts = sparkHosts(settings);
  const failActive = (): void => {
    failInterrupted(jobRecords);
    failInterruptedTraining(trainingRecords);
  };
  failActive();
  rmSync(join(settings.recordsDir, 'work'), { recursive: true, force: true });
  return {
    async close() {
      failActive();
      await hosts.close();
    },
    glue: glueRuns({
      settings,
      hosts,
      records: jobRecords,
      s3,
      logs,
      getJob: (name) => getJob(glue, name),
    }),
    training: trainingRuns({ settings, records: trainingRecords, s3, logs }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

interface Answer {
  readonly status: number;
  readonly document: unknown;
}

async function answerSdk(runs: Runs, target: string, body: string): Promise<Answer> {
  try {
    const answer = await answerCall(runs, target, JSON.parse(body));
    return { status: 200, document: mapTimes(answer, toSeconds) };
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { status: error.status, document: { __type: error.type, message: error.message } };
  }
}

async function answerTask(
  tasks: StepFunctionTasks,
  method: string,
  url: URL,
  body: string,
): Promise<Answer> {
  const id = url.pathname.slice('/tasks/'.length);
  if (method === 'POST')
    return { status: 200, document: { taskId: tasks.start(JSON.parse(body)) } };
  if (method === 'DELETE') {
    await tasks.stop(id);
    return { status: 200, document: {} };
  }
  const answer = await tasks.poll(id, Number(url.searchParams.get('wait_seconds') ?? 0));
  return { status: 200, document: answer ?? { running: true } };
}

async function route(
  runs: Runs,
  tasks: StepFunctionTasks,
  request: IncomingMessage,
): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://runner');
  const method = request.method ?? 'GET';
  const body = await readBody(request);
  if (url.pathname === '/health') return { status: 200, document: { status: 'ok' } };
  if (url.pathname.startsWith('/tasks')) return answerTask(tasks, method, url, body);
  if (method === 'POST' && url.pathname.startsWith('/sdk/')) {
    return answerSdk(runs, url.pathname.slice('/sdk/'.length), body);
  }
  return { status: 404, document: { message: `There is nothing at ${url.pathname}.` } };
}

function send(response: ServerResponse, { status, document }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(document));
}

function main(): void {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      endpoint: { type: 'string' },
      region: { type: 'string', default: 'us-east-1' },
      account: { type: 'string', default: '123456789012' },
      home: { type: 'string' },
    },
  });
  const { port = '0', endpoint = '', home = '', region, account } = values;
  const runs = openRuns(runnerSettings({ endpoint, region, account, home }));
  const tasks = stepFunctionTasks(runs);
  const server = createServer((request, response) => {
    route(runs, tasks, request)
      .catch((error: Error): Answer => ({ status: 500, document: { message: error.stack } }))
      .then((answer) => send(response, answer));
  });
  server.listen(Number(port), '127.0.0.1');
  process.on('SIGTERM', () => {
    void runs.close().finally(() => process.exit(0));
  });
}

if (import.meta.main) main();

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BatchStopJobRunCommand,
  CreateDatabaseCommand,
  GetJobRunCommand,
  GetJobRunsCommand,
  GetTableCommand,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { identify } from '#local/platform/processes.ts';
import { readState } from '#local/platform/state.ts';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import {
  BUCKET,
  catching,
  DATABASE,
  deploy,
  ended,
  glueJob,
  machine,
  oneTask,
  run,
  start,
  uploadFixtures,
} from './sample-stack.ts';

const SYNC = 'arn:aws:states:::glue:startJobRun.sync';
const CONF = [
  'spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog',
  '--conf spark.sql.catalog.lake.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog',
  `--conf spark.sql.catalog.lake.warehouse=s3://${BUCKET}/`,
].join(' ');

let emulator: Emulator;
let marker: string;

const sleeping = { JobName: 'sleeping', Arguments: { '--marker.$': '$.marker' } };

beforeAll(async () => {
  emulator = await startEmulator('glue-jobs');
  await uploadFixtures(emulator);
  await emulator.clients.glue.send(
    new CreateDatabaseCommand({
      DatabaseInput: { Name: DATABASE, LocationUri: `s3://${BUCKET}/lake` },
    }),
  );
  await deploy(emulator, 'jobs', {
    Counting: glueJob('counting', 'count_rows.py', {
      DefaultArguments: {
        '--conf': CONF,
        '--bucket': BUCKET,
        '--database': DATABASE,
        '--rows': '1',
        '--extra-py-files': `s3://${BUCKET}/jobs/greeting.py`,
      },
    }),
    Failing: glueJob('failing', 'fail.py'),
    Sleeping: glueJob('sleeping', 'sleep.py'),
    CountMachine: machine(
      'count',
      oneTask(SYNC, { JobName: 'counting', Arguments: { '--rows.$': '$.rows' } }),
    ),
    ParallelMachine: machine(
      'count-in-parallel',
      oneTask(SYNC, {
        JobName: 'counting',
        Arguments: { '--conf': `${CONF} --conf spark.default.parallelism=7` },
      }),
    ),
    FailMachine: machine(
      'fail',
      oneTask(SYNC, { JobName: 'failing' }, catching('States.TaskFailed')),
    ),
    SleepMachine: machine(
      'sleep',
      oneTask(SYNC, sleeping, catching('Glue.ConcurrentRunsExceededException')),
    ),
    TimeoutMachine: machine(
      'time-out',
      oneTask(SYNC, sleeping, { TimeoutSeconds: 10, ...catching('States.Timeout') }),
    ),
    OuterMachine: machine(
      'outer',
      oneTask('arn:aws:states:::states:startExecution.sync:2', {
        StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:sleep',
        'Input.$': '$',
      }),
    ),
  });
});

afterAll(() => emulator.remove());

const markerPath = (name: string): string => {
  marker = join(emulator.places.home, name);
  return marker;
};

const started = (path: string): Promise<number> =>
  vi.waitFor(
    () => {
      expect(existsSync(path)).toBe(true);
      return Number(readFileSync(path, 'utf8'));
    },
    { timeout: 30_000, interval: 100 },
  );

const gone = (pid: number) =>
  vi.waitFor(() => expect(identify(pid)).toBeUndefined(), { timeout: 15_000, interval: 100 });

const lastRun = async (JobName: string) => {
  const { JobRuns } = await emulator.clients.glue.send(new GetJobRunsCommand({ JobName }));
  return JobRuns?.[0];
};

interface Ran {
  /** Number of the Java process. */
  readonly java: number;
  readonly parallelism: string;
}

/** Runs the counting job to its end and reads what it wrote of its surroundings. */
async function count(machineName: string): Promise<Ran> {
  const execution = await run(emulator, machineName, { rows: '1' });
  const { Id } = JSON.parse(execution.output ?? '{}');
  const log = readFileSync(join(emulator.places.logs, 'glue', `${Id}.log`), 'utf8');
  const [, java = '', parallelism = ''] = /Java (\d+), parallelism (\w+)/.exec(log) ?? [];
  return { java: Number(java), parallelism };
}

describe('the Java process of Glue jobs', () => {
  it('serves the next job, which has settings of its own', async () => {
    const first = await count('count-in-parallel');
    const second = await count('count');

    expect(first.parallelism).toBe('7');
    expect(second).toEqual({ java: first.java, parallelism: 'unset' });
  });

  it('is not used again after a job that failed', async () => {
    const { java } = await count('count');

    await run(emulator, 'fail');

    await gone(java);
    expect((await count('count')).java).not.toBe(java);
  });

  it('ends with the jobs runner, however that ends', async () => {
    const { java } = await count('count');
    expect(identify(java)).toBeDefined();

    process.kill(readState(emulator.places).pieces.runner?.pid ?? 0, 'SIGKILL');

    await gone(java);
    await emulator.ensure();
    expect((await count('count')).java).not.toBe(java);
  });
});

describe('a Glue job in a state machine', () => {
  it('runs the deployed script in Spark and answers the job run', async () => {
    const execution = await run(emulator, 'count', { rows: '41' });

    expect(execution.error).toBeUndefined();
    const output = JSON.parse(execution.output ?? '{}');
    expect(output).toMatchObject({ JobName: 'counting', JobRunState: 'SUCCEEDED', Attempt: 0 });
    expect(output.Id).toMatch(/^jr_[0-9a-f]{64}$/);
    const log = readFileSync(join(emulator.places.logs, 'glue', `${output.Id}.log`), 'utf8');
    expect(log).toContain('counted: 41 rows in counting');
    const { Table } = await emulator.clients.glue.send(
      new GetTableCommand({ DatabaseName: DATABASE, Name: 'numbers' }),
    );
    expect(Table?.Parameters?.metadata_location).toMatch(`s3://${BUCKET}/lake/numbers/metadata/`);
  });

  it('is caught as States.TaskFailed whose cause is the failed run', async () => {
    const execution = await run(emulator, 'fail');

    expect(execution.status).toBe('SUCCEEDED');
    const { caught } = JSON.parse(execution.output ?? '{}');
    expect(caught.Error).toBe('States.TaskFailed');
    expect(JSON.parse(caught.Cause)).toMatchObject({
      JobName: 'failing',
      JobRunState: 'FAILED',
      ErrorMessage: 'CheckRefusedError: the rows do not add up',
    });
  });

  it('is stopped with its execution, which stays aborted', async () => {
    const path = markerPath('stopped');
    const executionArn = await start(emulator, 'sleep', { marker: path });
    const pid = await started(path);

    await emulator.clients.stepFunctions.send(new StopExecutionCommand({ executionArn }));

    await gone(pid);
    await vi.waitFor(async () => expect((await lastRun('sleeping'))?.JobRunState).toBe('STOPPED'), {
      timeout: 10_000,
    });
    expect((await ended(emulator, executionArn)).status).toBe('ABORTED');
  });

  it('is stopped with the execution that started its own', async () => {
    const path = markerPath('nested');
    const executionArn = await start(emulator, 'outer', { marker: path });
    const pid = await started(path);

    await emulator.clients.stepFunctions.send(new StopExecutionCommand({ executionArn }));

    await gone(pid);
    expect((await ended(emulator, executionArn)).status).toBe('ABORTED');
  });

  it('is stopped when its state has had its time', async () => {
    const path = markerPath('timed-out');

    const execution = await run(emulator, 'time-out', { marker: path });

    expect(JSON.parse(execution.output ?? '{}').caught.Error).toBe('States.Timeout');
    await gone(await started(path));
  });

  it('is refused by name while it runs as often as it may', async () => {
    const path = markerPath('first');
    const executionArn = await start(emulator, 'sleep', { marker: path });
    const pid = await started(path);

    const second = await run(emulator, 'sleep', { marker: markerPath('second') });

    expect(JSON.parse(second.output ?? '{}').caught).toMatchObject({
      Error: 'Glue.ConcurrentRunsExceededException',
      Cause: expect.stringContaining('Concurrent runs exceeded for sleeping'),
    });
    await emulator.clients.stepFunctions.send(new StopExecutionCommand({ executionArn }));
    await gone(pid);
  });
});

describe('a Glue job started by an SDK call', () => {
  it('is followed by GetJobRun from STARTING to FAILED', async () => {
    const { JobRunId = '' } = await emulator.clients.glue.send(
      new StartJobRunCommand({ JobName: 'failing' }),
    );
    const get = async () => {
      const command = new GetJobRunCommand({ JobName: 'failing', RunId: JobRunId });
      return (await emulator.clients.glue.send(command)).JobRun;
    };

    expect(['STARTING', 'RUNNING']).toContain((await get())?.JobRunState);
    const run = await vi.waitFor(
      async () => {
        const current = await get();
        expect(current?.JobRunState).toBe('FAILED');
        return current;
      },
      { timeout: 15_000, interval: 100 },
    );

    expect(run?.ErrorMessage).toBe('CheckRefusedError: the rows do not add up');
    expect(run?.StartedOn).toBeInstanceOf(Date);
    expect(run?.CompletedOn?.getTime()).toBeGreaterThanOrEqual(run?.StartedOn?.getTime() ?? 0);
  });

  it('is stopped by BatchStopJobRun, which tells unknown runs', async () => {
    const path = markerPath('batch');
    const { JobRunId = '' } = await emulator.clients.glue.send(
      new StartJobRunCommand({ JobName: 'sleeping', Arguments: { '--marker': path } }),
    );
    const pid = await started(path);

    const answer = await emulator.clients.glue.send(
      new BatchStopJobRunCommand({ JobName: 'sleeping', JobRunIds: [JobRunId, 'jr_none'] }),
    );

    expect(answer.SuccessfulSubmissions?.map((run) => run.JobRunId)).toEqual([JobRunId]);
    expect(answer.Errors?.map((error) => error.JobRunId)).toEqual(['jr_none']);
    await gone(pid);
  });

  it('is refused when there is no such job', async () => {
    await expect(
      emulator.clients.glue.send(new StartJobRunCommand({ JobName: 'unknown' })),
    ).rejects.toMatchObject({ name: 'EntityNotFoundException' });
  });
});

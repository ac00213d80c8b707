import { describe, expect, it } from 'vitest';
import { createLog } from '#src/runtime/log.ts';
import { emitMetrics } from '#src/runtime/metrics.ts';

describe('createLog', () => {
  it('writes a line of JSON with the fields of the log and of the line', () => {
    const lines: string[] = [];
    const log = createLog({ write: (line) => lines.push(line) }).with({ runId: 'run-1' });

    log.warn('slow', { seconds: 3 });

    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'warn',
      message: 'slow',
      runId: 'run-1',
      seconds: 3,
    });
  });

  it('leaves out what is below its level', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'warn', write: (line) => lines.push(line) });

    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');

    expect(lines).toHaveLength(2);
  });
});

describe('emitMetrics', () => {
  it('writes the embedded metric format', () => {
    const lines: string[] = [];

    emitMetrics(
      { rows: { value: 5, unit: 'Count' }, bytes: { value: 70, unit: 'Bytes' } },
      { dimensions: { stage: 'extract' }, write: (line) => lines.push(line) },
    );

    expect(JSON.parse(lines[0] ?? '')).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Snowmelt',
            Dimensions: [['stage']],
            Metrics: [
              { Name: 'rows', Unit: 'Count' },
              { Name: 'bytes', Unit: 'Bytes' },
            ],
          },
        ],
      },
      stage: 'extract',
      rows: 5,
      bytes: 70,
    });
  });
});

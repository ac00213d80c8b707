import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig, sharedConfig } from '#src/runtime/read-config.ts';

const schema = z.object({
  ...sharedConfig,
  LAKE_BUCKET: z.string(),
  MEMORY_MB: z.coerce.number().int(),
});

describe('readConfig', () => {
  it('types what it reads, and ignores what the function does not use', () => {
    const env = { LAKE_BUCKET: 'lake', MEMORY_MB: '512', PATH: '/bin' };

    expect(readConfig(schema, env)).toEqual({
      STAGE: 'local',
      LOG_LEVEL: 'info',
      LAKE_BUCKET: 'lake',
      MEMORY_MB: 512,
    });
  });

  it('names every problem at once', () => {
    expect(() => readConfig(schema, { MEMORY_MB: 'much', LOG_LEVEL: 'loud' })).toThrow(
      expect.objectContaining({
        name: 'TerminalError',
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/LOG_LEVEL.*LAKE_BUCKET.*MEMORY_MB/),
      }),
    );
  });

  it('reads the environment of the process by default', () => {
    expect(readConfig(z.object({ PATH: z.string() })).PATH).toBe(process.env.PATH);
    expect(() => readConfig(z.string())).toThrow('environment');
  });
});

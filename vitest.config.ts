import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

/** A soak sets a seed (local/setup/soak.ts); these tests take minutes and run for nobody else. */
const SOAK_ONLY = process.env.SNOWMELT_SEED === undefined ? ['test/local/transform/**'] : [];

export default defineConfig({
  test: {
    projects: [
      project('unit', { testTimeout: 10_000 }),
      project('package', { testTimeout: 120_000 }),
      project('contract', { testTimeout: 120_000, hookTimeout: 120_000 }),
      project('local', {
        testTimeout: 300_000,
        hookTimeout: 300_000,
        fileParallelism: false,
        exclude: SOAK_ONLY,
        globalSetup: ['test/helpers/platform.ts'],
      }),
    ],
    coverage: {
      provider: 'v8',
      include: [
        'src/model/**',
        'src/errors.ts',
        'src/extract/**',
        'src/check/**',
        'src/orchestrate/**',
        'src/status/**',
      ],
    },
  },
});

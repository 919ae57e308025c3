import { defineConfig } from 'vitest/config';

/** One project a test level (docs/development.md); `npm test` runs the three that need only Node. */
const level = (name: string, testTimeout: number, isolate = false) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    // Modules are loaded once for all files of a worker: most of them load the same.
    isolate,
  },
});

export default defineConfig({
  test: {
    // By default one core is left idle, which on a machine of two is half the time.
    maxWorkers: '100%',
    projects: [
      level('unit', 20_000),
      level('contract', 60_000),
      level('integration', 60_000),
      level('wire', 180_000, true),
      level('e2e', 300_000, true),
    ],
  },
});

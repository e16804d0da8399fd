import { defineConfig } from 'vitest/config';

// `npm run torture [-- part]`: a run of its own, of an hour and of figures. The parts run one after the other, each in a process of its own.
export default defineConfig({
  test: {
    include: ['tests/torture/*.torture.ts'],
    globalSetup: ['tests/support/build.ts'],
    fileParallelism: false,
    testTimeout: 2 * 3_600_000,
    hookTimeout: 300_000,
    disableConsoleIntercept: true,
    // Memory is measured after a collection.
    execArgv: ['--expose-gc'],
  },
});

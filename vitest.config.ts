import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Threads and the command line run as compiled; this compiles them first.
    globalSetup: ['tests/support/build.ts'],
    // Real models on two cores: files one after the other, and time enough for a slow machine.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // What Discord shows is tested in a browser engine, which `npm run test:browser` installs first.
    exclude: [...configDefaults.exclude, 'tests/browser/**'],
    // Threads and the command line run as compiled; this compiles them first.
    globalSetup: ['tests/support/build.ts'],
    // Real models on two cores: files one after the other, and time enough for a slow machine.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

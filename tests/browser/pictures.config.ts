import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['tests/browser/pictures.ts'], globalSetup: ['tests/support/build.ts'], testTimeout: 300_000 },
});

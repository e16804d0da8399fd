import { defineConfig } from 'vitest/config';

// A run of its own: it needs the packages of this folder, which `npm ci` does not install.
export default defineConfig({
  test: { include: ['tests/browser/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000 },
});

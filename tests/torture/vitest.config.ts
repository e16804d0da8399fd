import { defineConfig } from 'vitest/config';

// A run of its own: minutes, and figures rather than a verdict.
export default defineConfig({
  test: { include: ['tests/torture/torture.ts'], globalSetup: ['tests/support/build.ts'], testTimeout: 3 * 3_600_000, hookTimeout: 300_000, reporters: ['default'] },
});

import { defineConfig } from 'vitest/config';

/** The unit tests that mutations of the balancer and of the protocol are tried against. */
export default defineConfig({
  test: {
    include: ['tests/unit/balancer/**/*.test.ts', 'tests/unit/openai/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    isolate: false,
    restoreMocks: true,
  },
});

import { defineConfig } from '@playwright/test';
import { chromiumPath } from './tests/e2e/chromium';

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  // Each worker has a server and a browser of its own.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  // A machine that is busy with something else may miss a deadline once; what passes only then is reported as flaky.
  retries: process.env.CI === undefined ? 0 : 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [
    ['./tests/e2e/line-a-file.ts'],
    ['json', { outputFile: process.env.E2E_REPORT ?? 'test-results/e2e.json' }],
  ],
  use: {
    browserName: 'chromium',
    // What is not there by then never comes: better a failure that names it than the whole time of a long test.
    actionTimeout: 30_000,
    viewport: { width: 1360, height: 860 },
    locale: 'en-US',
    // Recording slows each test down; on CI what fails is tried again, and recorded then.
    trace: process.env.CI === undefined ? 'retain-on-failure' : 'on-first-retry',
    launchOptions: {
      executablePath: chromiumPath(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});

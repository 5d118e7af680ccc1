// `npm run mutate`: breaks lib/balancer and lib/openai on purpose, one place at a time, and counts how many of the
// breaks the unit tests notice. It takes a while, so it is no part of `npm run verify`.
// One folder alone: npm run mutate -- --mutate 'lib/balancer/pool/**/*.ts'

export default {
  mutate: ['lib/balancer/**/*.ts', 'lib/openai/**/*.ts'],
  plugins: ['./scripts/mutation-runner.mjs'],
  testRunner: 'one-process',
  coverageAnalysis: 'perTest',
  // A break in what runs once, at load, would need a process of its own.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 4_000,
  timeoutFactor: 1.5,
  tempDirName: '.stryker',
  incrementalFile: 'node_modules/.cache/stryker-incremental.json',
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: 'node_modules/.cache/mutation.json' },
  clearTextReporter: { logTests: false, allowColor: false },
  checkers: [],
  ignorePatterns: [
    '/app',
    '/bench',
    '/components',
    '/docs',
    '/messages',
    '/prisma',
    '/public',
    '/lib/store',
    '/tests/integration',
  ],
  thresholds: { high: 95, low: 85, break: 85 },
};

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Parts of paths; files that take minutes come first, so that the last worker does not run one of them alone. */
const LONG = [
  'floods',
  'readme',
  'own-limits',
  'every-route',
  'crash',
  'attention',
  'operations/',
  'egress/',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((part) => moduleId.includes(part));
      return at === -1 ? LONG.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Suites of the contract whose gateway can be called in process. The others need a server, a database or a clock. */
const IN_PROCESS = [
  'access',
  'bad-input',
  'fallbacks',
  'fidelity',
  'filtered-models',
  'hedging',
  'limits',
  'model-routes',
  'models',
  'paths-and-methods',
  'quoted-secrets',
  'request-log',
  'retries',
  'routes',
  'selection',
  'streams',
  'verdicts',
];

export default defineConfig({
  test: {
    // A line a file, and more only about what fails.
    slowTestThreshold: 3_600_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'tests/unit/**/*.test.ts',
            ...IN_PROCESS.map((suite) => `tests/integration/contract/${suite}.test.ts`),
          ],
          provide: { faces: ['in process'] },
          environment: 'node',
          // A limit for what hangs, not for how long a busy machine takes.
          testTimeout: 60_000,
          // Starting a process for each file would take three times as long as the tests themselves.
          isolate: false,
          // A test that fails must not leave its spies to the files behind it.
          restoreMocks: true,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          provide: { faces: ['server.mjs', 'next'] },
          environment: 'node',
          pool: 'forks',
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 90_000,
          // As in playwright.config.ts: what passes only at its second try on CI is reported as flaky.
          retry: process.env.CI === undefined ? 0 : 1,
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['tests/fuzz/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          // Each runs until its time is up, however slow the machine is.
          testTimeout: 0,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});

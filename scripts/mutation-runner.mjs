import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { collectTests } from '@vitest/runner';
import { build } from 'esbuild';

// Runs the unit tests for Stryker in one process that stays. To start a vitest for each of nine thousand mutants takes
// hours. Here the test files are loaded once, and a mutant costs what the tests that reach it cost.
// The tests have no hooks (`beforeEach` and the like), so none are run.

const FOLDERS = ['tests/unit/balancer', 'tests/unit/openai', 'tests/unit/probing/outages'];

/** These work on bodies of megabytes or on 50,000 keys. What only they notice counts as unnoticed. */
const LEFT_OUT =
  /linear in|soup of tokens|a large body of|12 MB|grows with the body|with each step|of 50,000|weight dwarfs|people write|up to 4 MB|4 million/;

/** A property's runs: a part of them, the same each time, and without the search for a smaller failure. */
const RUNS_MIN = 25;
const RUNS_DIVISOR = 20;

/** A test that comes to the mutant this much more often than without it is in an endless loop. */
const HITS_FACTOR = 100;
const HITS_MIN = 10_000;

/** A test that waits for longer than this, beside what it takes without a mutant, waits for ever. */
const WAIT_MS = 2_000;
const WAIT_FACTOR = 20;
const WAITED = Symbol('waited');

const BUNDLE = 'bundle';
const DRY_RUN = 'dry-run.json';

const settings = {
  name: 'mutation',
  setupFiles: [],
  tags: [],
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  maxConcurrency: 1,
  testTimeout: 600_000,
  hookTimeout: 600_000,
  retry: 0,
};

const fewRuns = {
  name: 'few-runs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^fast-check$/ }, ({ namespace }) =>
      namespace === 'few-runs' ? undefined : { path: 'fast-check', namespace: 'few-runs' },
    );
    onLoad({ filter: /./, namespace: 'few-runs' }, () => ({
      contents: `
        import fc from 'fast-check';
        const assert = (property, given) => {
          const numRuns = Math.max(${RUNS_MIN}, Math.ceil((given?.numRuns ?? 0) / ${RUNS_DIVISOR}));
          return fc.assert(property, { ...given, numRuns, seed: 1, endOnFailure: true });
        };
        export default { ...fc, assert };
      `,
      resolveDir: process.cwd(),
    }));
  },
};

function testFiles() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
}

/** Built by the first process that needs it. Later ones, started because a mutant hung another, find it there. */
async function buildBundle(paths) {
  if (existsSync(BUNDLE)) return;
  const outdir = `${BUNDLE}-${process.pid}`;
  await build({
    entryPoints: paths.map((path) => ({ in: path, out: path })),
    absWorkingDir: process.cwd(),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    plugins: [fewRuns],
    platform: 'node',
    format: 'esm',
  });
  try {
    renameSync(outdir, BUNDLE);
  } catch (error) {
    // Another process was first.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}

const testsIn = (task) => (task.type === 'test' ? [task] : task.tasks.flatMap(testsIn));

function nameOf(task) {
  return task.suite === undefined ? task.name : `${nameOf(task.suite)} ${task.name}`;
}

async function collect(TestRunner) {
  const paths = testFiles();
  await buildBundle(paths);
  const root = process.cwd();
  const importFile = (path) => import(pathToFileURL(`${join(BUNDLE, relative(root, path))}.mjs`).href);
  const specifications = paths.map((path) => ({ filepath: join(root, path), testLocations: undefined }));
  const tests = new Map();
  for (const file of await collectTests(specifications, { config: { ...settings, root }, importFile })) {
    if (file.result?.state === 'fail') throw new Error(`${file.name}: ${file.result.errors?.[0]?.message}`);
    for (const task of testsIn(file)) {
      const id = `${file.name} ${nameOf(task)}`;
      if (task.mode === 'run' && !LEFT_OUT.test(id)) tests.set(id, { id, call: TestRunner.getTestFn(task) });
    }
  }
  return tests;
}

class MutationRunner {
  /** Where the instrumented code looks which mutant is on, and counts how often it is reached. */
  #stryker = (globalThis.__stryker__ ??= {});
  #vi;
  #tests;
  /** Of each test without a mutant: its milliseconds, and how often it reaches each mutant. */
  #dryRun;

  /** No mutant is on while the files are loaded, so nothing has to be loaded again after one. */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    // All that `vitest` asks for when it is imported outside its own process.
    globalThis.__vitest_worker__ = {
      config: { expect: {} },
      environment: { name: 'node' },
      ctx: {},
      rpc: {},
    };
    const { TestRunner, vi } = await import('vitest');
    this.#vi = vi;
    this.#tests = await collect(TestRunner);
  }

  /** The message that the test failed with, or undefined. */
  async #failure(test) {
    try {
      await test.call();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : 'It threw what is no error';
    } finally {
      this.#vi.restoreAllMocks();
    }
  }

  async dryRun() {
    const tests = [];
    for (const test of this.#tests.values()) {
      const { id } = test;
      this.#stryker.currentTestId = id;
      const start = performance.now();
      const failure = await this.#failure(test);
      const told = { id, name: id, timeSpentMs: performance.now() - start };
      tests.push(failure ? { ...told, status: 1, failureMessage: failure } : { ...told, status: 0 });
    }
    this.#stryker.currentTestId = undefined;
    const mutantCoverage = this.#stryker.mutantCoverage;
    const hits = mutantCoverage?.perTest ?? {};
    const seen = tests.map(({ id, timeSpentMs }) => [id, { ms: timeSpentMs, hits: hits[id] ?? {} }]);
    writeFileSync(DRY_RUN, JSON.stringify(Object.fromEntries(seen)));
    return { status: 'complete', tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter }) {
    this.#dryRun ??= JSON.parse(readFileSync(DRY_RUN, 'utf8'));
    const ids = testFilter ?? [...this.#tests.keys()];
    const byTime = ids.toSorted((a, b) => this.#dryRun[a].ms - this.#dryRun[b].ms);
    for (const [index, id] of byTime.entries()) {
      const ended = await this.#tried(this.#tests.get(id), activeMutant.id);
      if (ended !== undefined) return { ...ended, nrOfTests: index + 1 };
    }
    return { status: 'survived', nrOfTests: byTime.length };
  }

  /** How the test ends the mutant, or undefined if it does not notice it. */
  async #tried(test, mutantId) {
    const { ms, hits } = this.#dryRun[test.id];
    const hitLimit = HITS_FACTOR * (hits[mutantId] ?? 0) + HITS_MIN;
    Object.assign(this.#stryker, { activeMutant: mutantId, hitCount: 0, hitLimit });
    let timer;
    const waited = new Promise((done) => (timer = setTimeout(done, WAIT_MS + WAIT_FACTOR * ms, WAITED)));
    const failure = await Promise.race([this.#failure(test), waited]);
    clearTimeout(timer);
    const isEndless = this.#stryker.hitCount > hitLimit;
    Object.assign(this.#stryker, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    if (failure === undefined) return undefined;
    if (failure === WAITED) return { status: 'timeout', reason: 'It waits for ever' };
    // It fails without the mutant too: an earlier mutant left something behind. Stryker tries again in a new process.
    if ((await this.#failure(test)) !== undefined) throw new Error(`${test.id} fails by itself`);
    if (isEndless) return { status: 'timeout', reason: 'Hit limit reached' };
    return { status: 'killed', killedBy: [test.id], failureMessage: failure };
  }
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'one-process', injectableClass: MutationRunner }];

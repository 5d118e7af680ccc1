// `npm test`: installs what is needed, then checks, builds and tests everything. Its last line is the count.
//   --no-verify   leaves out format, lint, types, boundaries and unused code
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { checks, run, runChecks, step } from './steps.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const counts = { passed: 0, failed: 0, skipped: 0 };
/** Named again at the end: of a long output often only that is kept. */
const remarks = [];

function report(mark, text) {
  console.log(`${mark} ${text}`);
}

function fail(text) {
  report('✗', text);
  count(text);
}

function count(text) {
  counts.failed += 1;
  remarks.push(`✗ ${text}`);
}

function finish() {
  const { passed, failed, skipped } = counts;
  if (remarks.length > 0) console.log(`\n${remarks.join('\n')}\n`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

/** A step that is silent unless it fails. Resolves with whether it succeeded. */
async function mustPass(name, command, args, env) {
  return judge(name, await step(name, command, args, env));
}

function judge(name, { code, seconds }) {
  if (code !== 0) count(`${name} failed with exit code ${code} (${seconds} s)`);
  return code === 0;
}

function isNodeNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  if (isEnough) report('✓', `Node ${process.versions.node}`);
  else fail(`Node ${process.versions.node} is too old: 20.19 or newer is needed, see https://nodejs.org`);
  return isEnough;
}

/** npm writes its own lock into node_modules last: if that is older than ours, ours has changed since. */
function isInstallFresh() {
  const installed = 'node_modules/.package-lock.json';
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;
}

/** Native modules compile against the system's Node headers where they fit, instead of downloading them. */
function nodedirEnvironment() {
  const header = '/usr/include/node/node_version.h';
  const configured = spawnSync('npm', ['config', 'get', 'nodedir'], { encoding: 'utf8' }).stdout?.trim();
  const isConfigured = Boolean(configured) && !['undefined', 'null'].includes(configured);
  if (isConfigured || !existsSync('/usr/include/node/node.h') || !existsSync(header)) return {};
  const major = /NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(header, 'utf8'))?.[1];
  return major === process.versions.node.split('.')[0] ? { npm_config_nodedir: '/usr' } : {};
}

async function ensureInstalled() {
  if (isInstallFresh()) {
    report('✓', 'npm packages are up to date');
    return true;
  }
  // NODE_ENV=production in the caller's environment must not leave out what the build needs.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  return mustPass('npm ci', 'npm', args, nodedirEnvironment());
}

/** Resolves with the names of the packages that are still missing. */
function installSystemPackages() {
  const missing = ensureSystemPackages();
  if (missing.length === 0) report('✓', 'system packages are installed');
  for (const { name, usedBy } of missing) {
    report('!', `NOT INSTALLED: ${name}. SKIPPED: ${usedBy}. To run them, install the package ${name}.`);
  }
  return missing.map(({ name }) => name);
}

/** A test that failed, or that passed only at its second try. */
function remark(status, file, title, message) {
  const mark = status === 'failed' ? '✗' : '! flaky:';
  remarks.push(
    `${mark} ${relative('.', file)} › ${title}\n    ${stripVTControlCharacters(message ?? '').slice(0, 1000)}`,
  );
}

/** Adds vitest's JSON report to the counts. A file that broke outside its tests counts as one failure. */
function addVitestCounts(reportPath, exitCode) {
  const failedBefore = counts.failed;
  if (existsSync(reportPath)) {
    const result = JSON.parse(readFileSync(reportPath, 'utf8'));
    counts.passed += result.numPassedTests;
    counts.failed += result.numFailedTests;
    counts.skipped += result.numPendingTests + result.numTodoTests;
    for (const { name, status, assertionResults } of result.testResults) {
      for (const { status, fullName, failureMessages } of assertionResults)
        if (failureMessages.length > 0) remark(status, name, fullName, failureMessages[0]);
      const hasFailedTest = assertionResults.some((test) => test.status === 'failed');
      if (status === 'failed' && !hasFailedTest) fail(`${name} failed outside its tests`);
    }
  }
  if (exitCode !== 0 && counts.failed === failedBefore) fail(`vitest ended with exit code ${exitCode}`);
}

async function runVitest(projects) {
  const folder = mkdtempSync(join(tmpdir(), 'openai-balance-test-'));
  const reportPath = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters];
  for (const project of projects) args.push('--project', project);
  try {
    const { code } = await run(process.execPath, args, { isShown: true });
    addVitestCounts(reportPath, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function specsIn(suites = []) {
  return suites.flatMap(({ specs = [], suites: inner }) => [...specs, ...specsIn(inner)]);
}

/** The dashboard in a browser. Playwright's own numbers; a run without any of them counts as one failure. */
async function runPlaywright() {
  const folder = mkdtempSync(join(tmpdir(), 'openai-balance-test-'));
  const reportPath = join(folder, 'playwright.json');
  const args = ['node_modules/@playwright/test/cli.js', 'test'];
  try {
    const { code } = await run(process.execPath, args, { isShown: true, env: { E2E_REPORT: reportPath } });
    const result = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, 'utf8')) : undefined;
    const { expected = 0, flaky = 0, unexpected = 0, skipped = 0 } = result?.stats ?? {};
    for (const spec of specsIn(result?.suites)) remarkOn(spec);
    counts.passed += expected + flaky;
    counts.failed += unexpected;
    counts.skipped += skipped;
    if (code !== 0 && unexpected === 0) fail(`the browser tests ended with exit code ${code}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function remarkOn({ file, title, tests }) {
  for (const { status, results } of tests)
    if (status === 'unexpected' || status === 'flaky')
      remark(
        status === 'flaky' ? status : 'failed',
        join('tests/e2e', file),
        title,
        results[0]?.error?.message,
      );
}

async function main() {
  if (!isNodeNewEnough() || !(await ensureInstalled())) return;
  const missing = installSystemPackages();
  if (!process.argv.includes('--no-verify')) {
    // Unit tests are counted one by one, below.
    for (const [name, result] of await runChecks(checks.filter((name) => name !== 'test:unit')))
      judge(name, result);
  }
  const isBuilt = await mustPass('build', 'npm', ['run', '--silent', 'build'], {
    NEXT_TELEMETRY_DISABLED: '1',
  });
  if (isBuilt && process.platform === 'linux')
    await mustPass('CPU time of a request', process.execPath, ['--import', 'tsx', 'bench/guard.ts']);
  await runVitest(isBuilt ? [] : ['unit']);
  if (!isBuilt) fail('integration and browser tests were not run: there is no build');
  else if (!missing.includes('chromium')) await runPlaywright();
}

try {
  await main();
} catch (error) {
  console.error(error);
  fail('the test run itself broke');
} finally {
  finish();
}

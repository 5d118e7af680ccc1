import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../tests/support/free-port';
import { startServer, tieToTestProcess } from '../../tests/support/server';
import { tempDir } from '../../tests/support/temp-dir';
import { waitFor } from '../../tests/support/wait-for';
import type { SuiteResult } from './results';
import { installNode, installPython, run } from './tools';

const PYTHON_VERSION = '3.3.1';
/** What the mock and the tests for Node.js are run with. */
const TOOLS = ['@stdy/cli@0.22.1', 'node@22.23.3'];
const PYTHON_TOOLS = [
  'pytest==9.2.0',
  'pytest-asyncio==1.5.0',
  'pytest-xdist==3.8.0',
  'inline-snapshot==0.36.1',
  'rich==15.0.0',
  'trio==0.35.0',
  'azure-identity==1.27.0',
  'requests==2.34.2',
];
/** As in the clients' own scripts/mock. */
const MOCK_OPTIONS = ['query-array', 'form-array', 'query-object', 'form-object'].map(
  (name) => `--validator-${name}-format=brackets`,
);
/** The tests' own tokens have spaces in them, which no setting takes. */
const TOKENS = new Map([
  ['My Admin API Key', 'an-admin-token'],
  ['My API Key', 'a-client-token'],
]);

export interface SuiteSources {
  /** A file with OpenAI's description of its API. */
  readonly spec: string | undefined;
  /** A checkout of openai/openai-node. */
  readonly nodePath: string | undefined;
}

/** Where a checkout of openai-node has the description that its tests were made from. */
export function specIn(nodePath: string): string {
  return join(nodePath, 'api_reference/openapi.transformed.yml');
}

/** A suite that is not to be had keeps what came of it before. */
export async function trySuites(
  before: readonly SuiteResult[],
  { spec, nodePath }: SuiteSources,
): Promise<readonly SuiteResult[]> {
  if (spec === undefined) {
    console.error(
      "The suites were not run: they need OpenAI's description of its API, which is in no package. Give " +
        'a checkout of openai/openai-node with --openai-node PATH, or the description alone with --spec PATH.',
    );
    return before;
  }
  const folder = await tempDir('suites');
  try {
    await installNode(folder.path, TOOLS);
    const mock = await startMock(folder.path, spec);
    try {
      const results = [await pythonSuite(folder.path, mock.url)];
      if (nodePath === undefined)
        console.error('openai-node was not run: give its checkout with --openai-node PATH.');
      else results.push(await nodeSuite(folder.path, nodePath, mock.url));
      const kept = before.filter(({ name }) => results.every((result) => result.name !== name));
      return [...results, ...kept];
    } finally {
      if (mock.child.pid !== undefined) process.kill(-mock.child.pid, 'SIGKILL');
    }
  } finally {
    await folder.remove();
  }
}

async function startMock(folder: string, spec: string): Promise<{ url: string; child: ChildProcess }> {
  const port = String(await freePort());
  const args = ['--quiet', '--host', '127.0.0.1', '-p', port, ...MOCK_OPTIONS, spec];
  // It starts another program, which has to go with it.
  const child = spawn(join(folder, 'node_modules/.bin/steady'), args, { stdio: 'ignore', detached: true });
  tieToTestProcess(child);
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/_x-steady/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor(isReady, { timeoutMs: 60_000, intervalMs: 200, what: () => 'the mock to be ready' });
  return { url, child };
}

/** Whether each test passed, by name; those that were skipped are left out. */
type Passed = ReadonlyMap<string, boolean>;

/** Runs a suite against the mock, then against a gateway of its own in front of the mock. */
async function twice(
  suite: Pick<SuiteResult, 'name' | 'version'>,
  mockUrl: string,
  runSuite: (baseUrl: string) => Promise<Passed>,
): Promise<SuiteResult> {
  console.log(`${suite.name} ${suite.version}, directly …`);
  const directly = await runSuite(mockUrl);
  const gateway = await startServer({
    env: {
      BASE_URL: mockUrl,
      API_KEYS: 'sk-of-the-mock-1',
      ALLOWED_TOKENS: [...TOKENS.values()].join(','),
      MAX_BODY_MB: '600',
      LOG_LEVEL: 'ERROR',
    },
  });
  try {
    console.log(`${suite.name} ${suite.version}, through the gateway …`);
    return compared(suite, directly, await runSuite(`${gateway.url}/v1`));
  } finally {
    await gateway.stop();
  }
}

/** A test that passes directly and is missing through the gateway is lost too. */
export function compared(
  suite: Pick<SuiteResult, 'name' | 'version'>,
  directly: Passed,
  through: Passed,
): SuiteResult {
  if (directly.size === 0) throw new Error(`${suite.name}: no test has run`);
  const names = [...directly.keys()];
  return {
    ...suite,
    passedDirectly: names.filter((name) => directly.get(name)).length,
    passedThrough: [...through.values()].filter(Boolean).length,
    failedDirectly: names.filter((name) => !directly.get(name)).length,
    lost: names.filter((name) => directly.get(name) === true && through.get(name) !== true),
  };
}

async function pythonSuite(folder: string, mockUrl: string): Promise<SuiteResult> {
  const archive = ['download', '--quiet', '--no-deps', '--no-binary', ':all:', `openai==${PYTHON_VERSION}`];
  await run('python3', ['-m', 'pip', ...archive, '--dest', folder]);
  await run('tar', ['xzf', `openai-${PYTHON_VERSION}.tar.gz`], { cwd: folder });
  const source = join(folder, `openai-${PYTHON_VERSION}`);
  const python = await installPython(join(folder, 'python'), [
    `openai[aiohttp,realtime,datalib] @ file://${source}`,
    ...PYTHON_TOOLS,
  ]);
  withTokens(join(source, 'tests'));
  const report = join(folder, 'python.xml');
  const args = [
    '-m',
    'pytest',
    '-q',
    '-n',
    '2',
    '-p',
    'no:cacheprovider',
    `--junitxml=${report}`,
    'tests/api_resources',
  ];
  return twice({ name: 'openai-python', version: PYTHON_VERSION }, mockUrl, async (baseUrl) => {
    await run(python, args, { cwd: source, env: { TEST_API_BASE_URL: baseUrl }, mayFail: true });
    return junit(readFileSync(report, 'utf8'));
  });
}

async function nodeSuite(folder: string, nodePath: string, mockUrl: string): Promise<SuiteResult> {
  const source = join(folder, 'openai-node');
  const isSource = (path: string) => !/(^|\/)(node_modules|\.git)(\/|$)/.test(path.slice(nodePath.length));
  await cp(nodePath, source, { recursive: true, filter: isSource });
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  await run('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'], {
    cwd: source,
  });
  withTokens(join(source, 'tests'));
  const report = join(folder, 'node.json');
  const node = join(folder, 'node_modules/.bin/node');
  const args = ['node_modules/.bin/jest', '--runInBand', '--json', `--outputFile=${report}`];
  return twice({ name: 'openai-node', version }, mockUrl, async (baseUrl) => {
    const env = { TEST_API_BASE_URL: baseUrl, OPENAI_TEST_SUITE: 'generated' };
    await run(node, args, { cwd: source, env, mayFail: true });
    return jest(readFileSync(report, 'utf8'));
  });
}

function withTokens(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(py|ts)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'utf8');
    const changed = [...TOKENS].reduce((now, [theirs, ours]) => now.replaceAll(theirs, ours), text);
    if (changed !== text) writeFileSync(path, changed);
  }
}

function junit(xml: string): Passed {
  const cases = xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(\/>|>(.*?)<\/testcase>)/gs);
  const passed = new Map<string, boolean>();
  for (const [, place = '', name = '', , inner = ''] of cases) {
    if (!inner.startsWith('<skipped')) passed.set(`${place}::${name}`, !/^<(failure|error)/.test(inner));
  }
  return passed;
}

interface JestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function jest(text: string): Passed {
  const { testResults } = JSON.parse(text) as JestReport;
  const ran = testResults.flatMap(({ assertionResults }) => assertionResults);
  return new Map(
    ran
      .filter(({ status }) => status !== 'pending')
      .map(({ fullName, status }) => [fullName, status === 'passed']),
  );
}

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, docPages } from '../../support/doc-pages';
import { freePort } from '../../support/free-port';
import { freshCopy } from '../../support/fresh-copy';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { tieToTestProcess } from '../../support/server';
import { waitFor } from '../../support/wait-for';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const pages = docPages();
const blocksIn = (language: string) => pages.flatMap((page) => blocksOf(page, language));

/** Lines of shell commands, with those put together that go on. */
const commands = blocksIn('sh').flatMap((block) =>
  block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== ''),
);

/** The one command that begins like this, or has it in it. */
function command(part: string): string {
  const found = commands.filter((line) => line.includes(part));
  expect(found, part).toHaveLength(1);
  return found[0]!;
}

const ADMIN_TOKEN = 'my-admin-token';
const METRICS_TOKEN = 'my-metrics-token';

let copy: Awaited<ReturnType<typeof freshCopy>>;
let upstream: ScriptedUpstream;
let port: number;
let env: NodeJS.ProcessEnv & { NODE_ENV: 'production' };
let gateway: Gateway | undefined;

/** Texts of the pages, with the port of this test in them. */
const here = (text: string) => text.replaceAll('localhost:8000', `localhost:${port}`);

beforeAll(async () => {
  [copy, upstream, port] = await Promise.all([freshCopy(), startScriptedUpstream(), freePort()]);
  const { PATH, HOME, TMPDIR } = process.env;
  env = {
    PATH,
    HOME,
    TMPDIR,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    PORT: String(port),
    HOST: '127.0.0.1',
    BASE_URL: upstream.baseUrl,
    AUTH_TOKEN: ADMIN_TOKEN,
    METRICS_TOKEN,
  };
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await upstream.stop();
  await copy.remove();
});

interface Gateway {
  readonly output: () => string;
  stop(): Promise<number | null>;
}

/**
 * Runs a command of the pages that starts the program, in the place of the one before; resolves when it is ready and
 * has said so.
 */
async function startWith(text: string): Promise<Gateway> {
  await gateway?.stop();
  const child: ChildProcess = spawn('bash', ['-c', text], { cwd: copy.path, env, detached: true });
  tieToTestProcess(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += String(data)));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const isReady = () =>
    fetch(`http://localhost:${port}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  const hasSaidSo = () => output.includes(`listening on http://127.0.0.1:${port}`);
  await waitFor(async () => child.exitCode !== null || (hasSaidSo() && (await isReady())), {
    timeoutMs: 240_000,
    intervalMs: 200,
    what: () => `the gateway to be ready; its output:\n${output}`,
  });
  expect(child.exitCode, output).toBeNull();
  return {
    output: () => output,
    async stop() {
      if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGTERM');
      return ended;
    },
  };
}

async function shell(text: string, more: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run('bash', ['-ec', here(text)], { cwd: copy.path, env: { ...env, ...more } });
  return stdout;
}

const hasPython = await run('python3', ['-c', 'import openai']).then(
  () => true,
  () => false,
);
if (!hasPython)
  console.warn('NOT TESTED: the Python of the pages, because its package openai is not installed');

describe('the README and the pages of docs and examples', () => {
  it('have no command that nobody has tried', () => {
    const tried = [
      /^(API_KEYS=\S+ ALLOWED_TOKENS=\S+ )?\.\/start\.sh$/,
      /^curl /,
      /^(PROVIDERS_CONFIG|PROXIES|DATABASE_URL)=/,
      // Taken by the program in tracing.test.ts.
      /^OTEL_(EXPORTER_OTLP_ENDPOINT|RESOURCE_ATTRIBUTES)=/,
      /^npm run admin -- (add-keys|list-keys|reset|rotate-encryption-key|import|(list|create|edit)-tokens?)( |$)/,
      // An installation of each is moved in in tests/unit/cli/import-from.test.ts.
      /^(IMPORT_\w+=\S+ )*npm run admin -- import-from [a-z-]+ ?/,
      // What it makes is sent in moving-in.test.ts.
      /^gzip -c one-api\.db \| base64 -w 0 \| jq -Rs '[^']+' \|$/,
      /^BACKUP_PASSPHRASE='[^']+' npm run (backup|restore) -- /,
      /^npm run generate$/,
      // These run this very test or belong to the same run, or Docker: .github/workflows/test.yml has the latter.
      /^npm (test|ci|run verify|run build|run test:e2e)$/,
      /^npx vitest run --project (integration|unit) tests\/\S+$/,
      /^FUZZ_SECONDS=600 npm run fuzz$/,
      /^(DATABASE_TYPE=(mysql|postgres) )?docker compose (--profile (mysql|postgres) )?up -d$/,
      // What these two write is looked at in tests/unit/store/schema.test.ts.
      /^npx tsx scripts\/(derive-schemas|add-column)\.ts/,
      // What it would install is made and held against the schemas of Kubernetes in examples/helm-chart.test.ts.
      /^helm install balance deploy\/helm\/openai-balance --values values\.yaml$/,
      // Takes an hour or more, and changes nothing.
      /^npm run mutate$/,
      // Takes most of an hour; bench/guard.ts runs what it is made of before every test run.
      /^npm run bench$/,
      // Takes a quarter of an hour and needs a checkout; compatibility.test.ts runs the part that needs nothing.
      /^npm run compatibility -- --only suites --openai-node \.\.\/openai-node$/,
      // On port 8000, which may not be free here; the scripts of package.json are looked at below.
      /^npm run dev$/,
    ];
    expect(commands.filter((line) => !tried.some((pattern) => pattern.test(line)))).toEqual([]);
  });

  it('name only scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = pages.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    expect(scripts.dev).toContain('-p 8000');
  });
});

describe('on a fresh copy, as written', () => {
  it(
    'the first command builds and starts it without any configuration, and shows a token',
    { timeout: 300_000 },
    async () => {
      gateway = await startWith(commands.find((line) => line === './start.sh') ?? '');
      expect(gateway.output()).toMatch(/sk-balance-[\w-]+/);
      expect(await gateway.stop()).toBe(0);
    },
  );

  it('the second starts it with keys and a token, without building again', { timeout: 120_000 }, async () => {
    gateway = await startWith(command('ALLOWED_TOKENS='));
    expect(gateway.output()).not.toContain('Building');
  });

  it('curl gets an answer', async () => {
    expect(await shell(command('/v1/chat/completions'))).toContain('Hello there');
  });

  it('the JavaScript prints an answer', async () => {
    const program = blocksIn('js').find((block) => block.includes("'openai'")) ?? '';
    await writeFile(join(copy.path, 'example.mjs'), here(program));
    expect(await shell('node example.mjs')).toContain('Hello there');
  });

  it.skipIf(!hasPython)('the Python prints an answer', async () => {
    const [program = ''] = blocksIn('python');
    await writeFile(join(copy.path, 'example.py'), here(program));
    expect(await shell('python3 example.py')).toContain('Hello there');
  });

  it('the further providers and proxies are allowed settings', async () => {
    for (const part of ['PROVIDERS_CONFIG=', 'PROXIES=']) {
      const check = `${command(part)} HOST=wrong/ node server.mjs 2>&1 || true`;
      const output = await shell(check);
      expect(output).toContain('HOST:');
      expect(output).not.toMatch(/PROVIDERS_CONFIG|PROXIES/);
    }
  });

  it('curl reads the admin API and adds keys by it', async () => {
    expect(await shell(command('/api/admin/stats/overview'))).toContain('{');
    expect(await shell(command('/api/admin/keys/import'))).toContain('"added"');
  });

  it('curl reads the metrics', async () => {
    expect(await shell(command('/metrics'))).toContain('openai_balance_requests_total{');
  });

  it('the commands add, list and reset keys', async () => {
    await writeFile(join(copy.path, 'keys.txt'), 'sk-one-more-0123456789\n');
    expect(await shell(command('admin -- add-keys'))).toContain("1 added to 'default'");
    expect(await shell(command('admin -- list-keys'))).toContain('STATE');
    expect(await shell(command('admin -- reset'))).toContain('0 keys reset');
  });

  it('the commands make, change and list client tokens', async () => {
    expect(await shell(command('admin -- create-token'))).toContain('team a');
    await shell(command('admin -- edit-token'));
    expect(await shell(command('admin -- list-tokens'))).toMatch(/team a .*2027-01-31/);
  });

  it('a backup is made and restored', async () => {
    expect(await shell(command('npm run backup'))).toContain('balance.backup');
    expect(await shell(command('npm run restore'))).toContain('Restored as of');
  });

  it('an installation of the Python program moves in', async () => {
    const folder = resolve(copy.path, '../openai-balance-python');
    await mkdir(folder);
    await writeFile(join(folder, '.env'), 'API_KEYS=["sk-python-0123456789"]\nMAX_RETRIES=5\n');
    expect(await shell(command('admin -- import ../'))).toContain('keys: 1 added');
  });

  it('another encryption key is made, and used after the restart', { timeout: 120_000 }, async () => {
    const rotate = command('rotate-encryption-key');
    expect(await shell(rotate)).toContain('Restart the gateway');
    expect(await gateway?.stop()).toBe(0);
    gateway = await startWith(command('ALLOWED_TOKENS='));
    expect(await shell(rotate)).toContain('encrypted anew');
    expect(await shell(command('/v1/chat/completions'))).toContain('Hello there');
  });

  it('generating changes nothing that is committed', async () => {
    const files = ['.env.example', 'docs/settings.md'].map((path) => join(copy.path, path));
    const read = () => Promise.all(files.map((path) => readFile(path, 'utf8')));
    const before = await read();
    await shell('npm run --silent generate');
    expect(await read()).toEqual(before);
  });
});

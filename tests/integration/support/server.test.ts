import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  outputOfAllServers,
  startServer,
  type RunningServer,
  type StartServerOptions,
} from '../../support/server';
import { tempDir, type TempDir } from '../../support/temp-dir';
import { waitFor } from '../../support/wait-for';

/** Stands in for the built program: behaves as its FAKE_* variables say. */
const fakeProgram = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
if (process.env.FAKE_EXIT) { console.error('cannot start: bad value'); process.exit(Number(process.env.FAKE_EXIT)); }
console.log('environment ' + JSON.stringify(process.env));
const flagAt = process.argv.indexOf('-p');
const port = Number(flagAt > 0 ? process.argv[flagAt + 1] : process.env.PORT);
const server = createServer((req, res) => {
  if (req.url === '/env-file') res.end(readFileSync(process.env.ENV_FILE));
  else res.writeHead(process.env.FAKE_READY_STATUS ?? 200).end();
});
server.listen(port, process.env.HOST, () => console.log('listening on http://127.0.0.1:' + server.address().port));
process.on('SIGTERM', () => {
  console.error('got SIGTERM');
  if (!process.env.FAKE_IGNORE_SIGTERM) process.exit(0);
});
`;

let fake: TempDir;
const servers: RunningServer[] = [];

beforeEach(async () => {
  fake = await tempDir('fake-program');
  const nextDir = join(fake.path, 'node_modules/next/dist/bin');
  await mkdir(nextDir, { recursive: true });
  await mkdir(join(fake.path, '.next'));
  await writeFile(join(fake.path, 'package.json'), '{"type":"module"}');
  await writeFile(join(fake.path, '.next/BUILD_ID'), 'fake');
  await writeFile(join(fake.path, 'server.mjs'), fakeProgram);
  await writeFile(join(nextDir, 'next'), `import('${join(fake.path, 'server.mjs')}');`);
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.kill('SIGKILL');
    await server.exited;
    await server.stop();
  }
  await fake.remove();
});

async function start(options: StartServerOptions = {}): Promise<RunningServer> {
  const server = await startServer({ rootDir: fake.path, ...options });
  servers.push(server);
  return server;
}

function environmentOf(server: RunningServer): Record<string, string> {
  const line = /environment (\{.*\})/.exec(server.stdout())?.[1] ?? '{}';
  return JSON.parse(line) as Record<string, string>;
}

it.each(['server.mjs', 'next'] as const)('starts %s, stops it with SIGTERM and cleans up', async (mode) => {
  const server = await start({ mode });
  expect((await fetch(server.url)).status).toBe(200);
  expect(server.port).toBeGreaterThan(0);
  expect(existsSync(server.dataDir)).toBe(true);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect(server.stdout()).toContain('got SIGTERM');
  expect(existsSync(server.dataDir)).toBe(false);
  expect(outputOfAllServers().at(-1)).toContain('got SIGTERM');
});

it('gives the child a clean environment, plus what the test asks for', async () => {
  process.env.API_KEYS = 'sk-of-the-developer';
  const server = await start({ env: { LOG_LEVEL: 'DEBUG', EXTRA: '1' } });
  delete process.env.API_KEYS;
  const inherited = ['PATH', 'HOME', 'TMPDIR'];
  const given = Object.entries(environmentOf(server)).filter(([name]) => !inherited.includes(name));
  expect(Object.fromEntries(given)).toEqual({
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    __NEXT_PROCESSED_ENV: 'true',
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: server.dataDir,
    ENV_FILE: server.envFilePath,
    DRAIN_SECONDS: '0',
    WAIT_SECONDS: '0',
    LOG_LEVEL: 'DEBUG',
    EXTRA: '1',
  });
  expect(existsSync(server.envFilePath)).toBe(false);
});

it('passes the settings file and replaces it in place', async () => {
  const server = await start({ envFile: 'A=1' });
  const seen = async () => (await fetch(`${server.url}/env-file`)).text();
  expect(await seen()).toBe('A=1');
  await server.writeEnvFile('A=2');
  expect(await seen()).toBe('A=2');
});

it('keeps a data directory that the test named', async () => {
  const own = await tempDir('own-data');
  const server = await start({ dataDir: own.path });
  await server.stop();
  expect(existsSync(own.path)).toBe(true);
  await own.remove();
});

it('reports a program that stops at start-up, with its output', async () => {
  await expect(start({ env: { FAKE_EXIT: '3' } })).rejects.toThrow(
    /ended at start-up \(code 3[\s\S]*cannot start: bad value/,
  );
  const server = await start({ env: { FAKE_EXIT: '4' }, waitUntil: 'spawned' });
  expect(await server.exited).toEqual({ code: 4, signal: null });
  expect(server.stdout()).toContain('bad value');
});

it('reports a program that never gets ready, and leaves nothing running', async () => {
  const starting = start({ env: { FAKE_READY_STATUS: '503' }, readyTimeoutMs: 1_500 });
  await expect(starting).rejects.toThrow(/ready \(GET \/ready: 503\)[\s\S]*listening on/);
});

it('kills a program that ignores SIGTERM, and says so', async () => {
  const server = await start({ env: { FAKE_IGNORE_SIGTERM: '1' } });
  await expect(server.stop({ timeoutMs: 100 })).rejects.toThrow('ignored SIGTERM');
  expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

it('waits for output, past or to come, and rejects when the program ends without it', async () => {
  const server = await start();
  await server.waitForOutput(/listening on/);
  const from = server.stdout().length;
  const goodbye = server.waitForOutput(/got (\w+)/, { from });
  const never = expect(server.waitForOutput(/never/)).rejects.toThrow('the server ended without printing');
  server.kill('SIGTERM');
  expect((await goodbye)[1]).toBe('SIGTERM');
  await never;
});

it('names the command to run when there is no build', async () => {
  await expect(startServer({ rootDir: join(fake.path, 'server.mjs') })).rejects.toThrow('npm run build');
});

it('lets no child outlive a test process that was killed', async () => {
  const pidFile = join(fake.path, 'pid');
  const script = join(fake.path, 'killed-test.ts');
  const harness = new URL('../../support/server.ts', import.meta.url).pathname;
  await writeFile(
    script,
    `import { startServer } from '${harness}';
     import { writeFileSync } from 'node:fs';
     const server = await startServer({ rootDir: '${fake.path}' });
     writeFileSync('${pidFile}', String(server.pid));
     setInterval(() => {}, 1000);`,
  );
  const testProcess = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: 'inherit',
    // What a killed process leaves behind goes with the fake program.
    env: { ...process.env, TMPDIR: fake.path },
  });
  await waitFor(() => existsSync(pidFile), {
    timeoutMs: 20_000,
    what: 'the inner test process to start a server',
  });
  const pid = Number(await readFile(pidFile, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  testProcess.kill('SIGKILL');
  await once(testProcess, 'exit');
  await waitFor(() => !isAlive(pid), { what: 'the orphan to be killed' });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import { tieToTestProcess } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { chat, databaseFile, envFile, query, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
let upstream: ScriptedUpstream;
let settings: Record<string, unknown>;

beforeEach(async () => {
  upstream = await parts.upstream();
  settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: [secretKey('aaa')],
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: 'an-admin-token',
  };
});

const repositoryDir = fileURLToPath(new URL('../../..', import.meta.url));
const environment = (port: number, dataDir: string) => ({
  PATH: process.env.PATH,
  NODE_ENV: 'production' as const,
  PORT: String(port),
  HOST: '127.0.0.1',
  DATA_DIR: dataDir,
  BASE_URL: upstream.baseUrl,
  API_KEYS: secretKey('aaa'),
  ALLOWED_TOKENS: TOKEN,
  DRAIN_SECONDS: '0',
  ENV_FILE: '/dev/null/none',
});

interface Line {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly status?: number;
}

function linesOf(output: string): Line[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

describe('the log', () => {
  it('has one line of JSON a request, by the same request id as the answer and the stored row', async () => {
    const server = await parts.server({ dataDir: await parts.dataDir(), envFile: envFile(settings) });
    const mine = await chat(server.url, { headers: { 'x-request-id': 'my-own.id:1' } });
    const made = await chat(server.url, { headers: { 'x-request-id': 'not "sane" {at} all' } });
    upstream.forKey(secretKey('aaa'), reply.error(400));
    const refused = await chat(server.url);
    const ids = [mine, made, refused].map(({ headers }) => headers.get('x-request-id'));
    expect(ids[0]).toBe('my-own.id:1');
    expect(ids[1]).toMatch(/^req_\w+$/);
    await server.stop();
    const lines = linesOf(server.stdout()).filter(({ msg }) => msg === 'request');
    expect(lines.map(({ requestId, status, level }) => [requestId, status, level])).toEqual([
      [ids[0], 200, 30],
      [ids[1], 200, 30],
      [ids[2], 400, 30],
    ]);
    expect(lines.every(({ time }) => !Number.isNaN(Date.parse(time)))).toBe(true);
    const rows = query<{ requestId: string }>(
      databaseFile(server),
      'SELECT requestId FROM RequestLog ORDER BY id',
    );
    expect(rows.map(({ requestId }) => requestId)).toEqual(ids);
  });

  it('is as loud as LOG_LEVEL says, and that may change while it runs', async () => {
    const server = await parts.server({
      envFile: envFile({ ...settings, LOG_LEVEL: 'WARNING' }),
      env: { LOG_LEVEL: '' },
    });
    await chat(server.url, { headers: { 'x-request-id': 'unheard' } });
    await server.writeEnvFile(envFile({ ...settings, LOG_LEVEL: 'INFO' }));
    await waitFor(
      async () => {
        await chat(server.url, { headers: { 'x-request-id': 'heard' } });
        return server.stdout().includes('"heard"');
      },
      { what: 'a request to be logged' },
    );
    expect(server.stdout()).not.toContain('unheard');
  });

  it.each(['a pipe that nobody reads any more', 'a full disk'])(
    'goes into %s, and nothing happens',
    async (place) => {
      const [port, dataDir] = await Promise.all([freePort(), parts.dataDir()]);
      const uncaught = join(dataDir, 'uncaught');
      const watch = join(dataDir, 'watch.mjs');
      await writeFile(
        watch,
        `import { appendFileSync } from 'node:fs';
      process.on('uncaughtExceptionMonitor', ({ code }) => appendFileSync(${JSON.stringify(uncaught)}, code + ' '));
      process.on('SIGUSR2', () => console.error('something'));`,
      );
      const full = await open('/dev/full', 'w');
      const output = place === 'a full disk' ? full.fd : 'pipe';
      const child = spawn(process.execPath, ['--import', watch, 'server.mjs'], {
        cwd: repositoryDir,
        env: environment(port, dataDir),
        stdio: ['ignore', output, output],
      });
      tieToTestProcess(child);
      child.stdout?.destroy();
      child.stderr?.destroy();
      const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
      const url = `http://127.0.0.1:${port}`;
      const isReady = () =>
        fetch(`${url}/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      await waitFor(isReady, { timeoutMs: 20_000, what: 'the start' });
      for (let i = 0; i < 3; i += 1) {
        child.kill('SIGUSR2');
        expect((await chat(url)).status).toBe(200);
      }
      child.kill('SIGTERM');
      expect(await exited).toBe(0);
      await full.close();
      // One of them would be written down, which fails again, and so on without end.
      expect(existsSync(uncaught) ? await readFile(uncaught, 'utf8') : '').toBe('');
    },
  );

  it('is for people on a terminal: time, level and what happened, and no JSON', async () => {
    const port = await freePort();
    const env = { ...environment(port, await parts.dataDir()), TERM: 'xterm' };
    // util-linux's `script` gives the program a terminal.
    const child = spawn('script', ['-qfec', `${process.execPath} server.mjs`, '/dev/null'], {
      cwd: repositoryDir,
      env,
    });
    tieToTestProcess(child);
    let output = '';
    child.stdout.on('data', (data) => (output += String(data)));
    try {
      await waitFor(() => output.includes('listening on'), {
        timeoutMs: 20_000,
        what: () => `the start; ${output}`,
      });
      await chat(`http://127.0.0.1:${port}`, { headers: { 'x-request-id': 'seen-by-a-person' } });
      await waitFor(() => output.includes('seen-by-a-person'), { what: () => `the line; ${output}` });
    } finally {
      child.kill('SIGTERM');
    }
    const plain = output.replaceAll(/\u001b\[\d+m/g, '');
    expect(plain).toMatch(/\[\d{2}:\d{2}:\d{2}[^\]]*\] INFO: request/);
    expect(plain).toMatch(/requestId: "seen-by-a-person"/);
    expect(plain).not.toContain('{"level"');
  });
});

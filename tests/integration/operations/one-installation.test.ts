import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import {
  databaseSettings,
  startDatabaseServers,
  type ServerTestOptions,
} from '../../support/database-servers';
import type { RunningServer, StartServerOptions } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const onEachServer = await startDatabaseServers();
const KEY = { ENCRYPTION_KEY: '7'.repeat(64) };

interface MadeSecrets {
  readonly clientToken?: string;
  readonly encryptionKey?: string;
}

const secretsOf = async ({ dataDir }: RunningServer) =>
  JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as MadeSecrets;

async function list<T>(server: RunningServer, path: string, token = ADMIN_TOKEN): Promise<readonly T[]> {
  const response = await fetch(`${server.url}/api/admin/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await response.json()) as { items: readonly T[] }).items;
}

/** Slug and name of each provider, by the time that all instances agree. */
const names = async (server: RunningServer) =>
  (await list<{ slug: string; name: string }>(server, 'providers'))
    .map(({ slug, name }) => `${slug}: ${name}`)
    .sort();

onEachServer('instances on one $name, each with a folder of its own', (server) => {
  let database: ServerTestOptions;

  beforeEach(async () => {
    database = await server.freshDatabase();
  });

  const start = (env: Record<string, string>, more: StartServerOptions = {}) =>
    parts.server({ ...more, env: { ...databaseSettings(database), ...env } });

  /** Starts one that cannot run; what it says, and its end. */
  async function refused(env: Record<string, string>) {
    const server = await start(env, { waitUntil: 'spawned' });
    return { code: (await server.exited).code, said: server.stdout(), server };
  }

  const provider = (name: string, key: string) =>
    envFile({
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      PROVIDERS_CONFIG: [
        { name, path: 'acme', base_url: 'http://127.0.0.1:9/v1', api_keys: [secretKey(key)] },
      ],
    });

  it('that start at the same moment on an empty one agree on a client token, and a later one takes it', async () => {
    const servers = await Promise.all([start(KEY), start(KEY), start(KEY)]);
    const tokens = (await Promise.all(servers.map(secretsOf))).map(
      ({ clientToken }) => clientToken ?? 'none',
    );
    expect(new Set(tokens).size).toBe(1);
    const later = await start(KEY);
    for (const server of [...servers, later]) {
      // There is no key yet: that is how being let in looks like. The token is the admin's, too.
      expect((await chat(server.url, { token: tokens[0] })).status).toBe(503);
      expect(await list(server, 'keys', tokens[0])).toEqual([]);
      expect(server.stdout().split(tokens[0] ?? '')).toHaveLength(2);
    }
    expect(later.stdout()).toContain('another instance on this database');
  });

  it('that start at the same moment take their settings over once', async () => {
    const upstream = await parts.upstream();
    const settings = envFile({
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['aaa', 'bbb'].map(secretKey),
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      PROVIDERS_CONFIG: [
        {
          name: 'Acme',
          path: 'acme',
          base_url: upstream.baseUrl,
          api_keys: [secretKey('ccc')],
          proxies: 'direct',
        },
      ],
    });
    const servers = await Promise.all([1, 2, 3].map(() => start(KEY, { envFile: settings })));
    for (const server of servers) {
      expect(await names(server)).toEqual(['acme: Acme', 'default: Default']);
      const hints = (await list<{ hint: string }>(server, 'keys')).map(({ hint }) => hint.slice(-3));
      expect([...hints].sort()).toEqual(['aaa', 'bbb', 'ccc']);
      expect((await chat(server.url)).status).toBe(200);
      expect((await chat(server.url, { path: '/acme/v1' })).status).toBe(200);
      expect(server.stdout()).not.toContain('failed');
    }
  });

  it('with another ENCRYPTION_KEY refuses to start, and says what differs and what to do', async () => {
    await start(KEY);
    const other = '8'.repeat(64);
    const { code, said } = await refused({ ENCRYPTION_KEY: other });
    expect(code).toBe(1);
    expect(said).toContain('which is that of ENCRYPTION_KEY');
    expect(said).toContain('set ENCRYPTION_KEY here to what the others have');
    expect(said).not.toContain(KEY.ENCRYPTION_KEY);
    expect(said).not.toContain(other);
  });

  it('without any ENCRYPTION_KEY one starts, and the others say where they find its key; with it they start', async () => {
    const servers = await Promise.all([1, 2].map(() => start({}, { waitUntil: 'spawned' })));
    const isOver = () => servers.find((server) => server.hasExited());
    await waitFor(isOver, { timeoutMs: 30_000, what: 'one of them to give way' });
    const loser = isOver() ?? expect.fail('none gave way');
    const winner = servers.find((server) => server !== loser) ?? loser;
    await winner.waitUntilReady();
    expect((await loser.exited).code).toBe(1);
    const [made, useless] = [await secretsOf(winner), await secretsOf(loser)];
    expect(loser.stdout()).toContain(`in ${join(loser.dataDir, 'secrets.json')}`);
    expect(loser.stdout()).toContain('"encryptionKey" in secrets.json');
    for (const { encryptionKey = '-' } of [made, useless]) {
      expect(encryptionKey).toMatch(/^[0-9a-f]{64}$/);
      expect(loser.stdout()).not.toContain(encryptionKey);
    }
    const third = await start({ ENCRYPTION_KEY: made.encryptionKey ?? '' });
    expect((await secretsOf(third)).clientToken).toBe(made.clientToken);
  });

  it('whose settings differ do not undo each other with every start: what was written last holds', async () => {
    const [a, b] = [await parts.dataDir(), await parts.dataDir()];
    const startIn = async (dataDir: string, settings: string) => {
      const ENV_FILE = join(dataDir, '.env');
      await writeFile(ENV_FILE, settings);
      return start({ ...KEY, ENV_FILE }, { dataDir });
    };
    const startA = (name = 'of A') => startIn(a, provider(name, 'aaa'));
    const startB = () => startIn(b, provider('of B', 'bbb'));
    let [here, there] = [await startA(), await startB()];
    const agree = (name: string) =>
      Promise.all(
        [here, there].map((server) =>
          waitFor(async () => (await names(server)).includes(`acme: ${name}`), {
            what: `all to have ${name}`,
          }),
        ),
      );
    await agree('of B');
    await here.stop();
    here = await startA();
    await agree('of B');
    await there.stop();
    there = await startB();
    await here.stop();
    here = await startA();
    await agree('of B');
    // What is new in a file acts.
    await here.stop();
    here = await startA('of A, again');
    await agree('of A, again');
    await there.stop();
    there = await startB();
    await agree('of A, again');
    expect((await list<{ hint: string }>(there, 'keys')).map(({ hint }) => hint.slice(-3))).toEqual(['aaa']);
  });
});

import { beforeEach, expect, it } from 'vitest';
import {
  databaseSettings,
  startDatabaseServers,
  type ServerTestOptions,
} from '../../support/database-servers';
import { rawSql } from '../../support/raw-sql';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const onEachServer = await startDatabaseServers();

/** Three instances on one database, each with a folder of its own. */
onEachServer('instances on one $name', (server) => {
  let database: ServerTestOptions;
  let upstream: ScriptedUpstream;
  let instances: RunningServer[];

  beforeEach(async () => {
    database = await server.freshDatabase();
    upstream = await parts.upstream();
    const settings = {
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['aaa', 'bbb'].map(secretKey),
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      MAX_FAILURES: 1,
    };
    const env = { ...databaseSettings(database), ENCRYPTION_KEY: '7'.repeat(64) };
    instances = [];
    // The first brings the database up; then the others start at once.
    instances.push(await parts.server({ env, envFile: envFile(settings) }));
    const more = [1, 2].map(() => parts.server({ env, envFile: envFile(settings) }));
    instances.push(...(await Promise.all(more)));
  });

  const at = (index: number): RunningServer => instances[index] ?? expect.fail('no such instance');

  async function admin<T>(index: number, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${at(index).url}/api/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(response.status, `${method} ${path}`).toBeLessThan(300);
    return (await response.json()) as T;
  }

  const everywhere = (what: string, holds: (url: string) => Promise<boolean>) =>
    Promise.all(instances.map(({ url }) => waitFor(() => holds(url), { timeoutMs: 10_000, what })));

  async function keyRow(name: string): Promise<Record<string, unknown>> {
    const sql = `SELECT isDisabled, disabledBy, epoch, requestCount FROM ApiKey WHERE hint LIKE '%${name}'`;
    const [row = {}] = await rawSql(database, sql);
    return { ...row, isDisabled: Number(row.isDisabled) };
  }

  interface Listed {
    readonly items: readonly { readonly id: string; readonly hint: string; readonly status: string }[];
  }
  const idOf = async (name: string) =>
    (await admin<Listed>(0, 'GET', 'keys')).items.find(({ hint }) => hint.endsWith(name))?.id ?? 'none';
  const statusOf = async (url: string, name: string) => {
    const response = await fetch(`${url}/api/admin/keys`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    return ((await response.json()) as Listed).items.find(({ hint }) => hint.endsWith(name))?.status;
  };

  it('a key that a person disables is out everywhere, and stays so while all go on counting', async () => {
    await admin(0, 'POST', 'keys/bulk', { action: 'disable', ids: [await idOf('bbb')] });
    await everywhere('the key to be out', async (url) => (await statusOf(url, 'bbb')) === 'disabled_manual');
    const before = upstream.requestsOf(secretKey('bbb')).length;
    for (const { url } of instances) for (let n = 0; n < 4; n += 1) await chat(url);
    expect(upstream.requestsOf(secretKey('bbb'))).toHaveLength(before);
    for (const instance of instances) await instance.stop();
    expect(await keyRow('bbb')).toMatchObject({ isDisabled: 1, disabledBy: 'manual', epoch: 1 });
    expect(await keyRow('aaa')).toMatchObject({ isDisabled: 0, requestCount: 12 });
  });

  it('a key that two instances found dead and a person brings back is back everywhere', async () => {
    upstream.forKey(secretKey('bbb'), reply.error(401, { code: 'invalid_api_key' }));
    for (const { url } of instances) for (let n = 0; n < 3; n += 1) await chat(url);
    await everywhere(
      'the dead key to be out',
      async (url) => (await statusOf(url, 'bbb')) === 'disabled_auto',
    );
    upstream.forKey(secretKey('bbb'), reply.healthy);
    await admin(1, 'POST', `keys/${await idOf('bbb')}/reset`);
    await everywhere('the key to be back', async (url) => (await statusOf(url, 'bbb')) === 'active');
    for (const instance of instances) await instance.stop();
    expect(await keyRow('bbb')).toMatchObject({ isDisabled: 0, epoch: 1 });
  });

  it('a key that one instance finds dead is used by none, and by all with the first that finds it well', async () => {
    upstream.forKey(secretKey('bbb'), reply.error(401, { code: 'invalid_api_key' }));
    for (let n = 0; n < 3; n += 1) await chat(at(0).url);
    await everywhere(
      'the dead key to be out',
      async (url) => (await statusOf(url, 'bbb')) === 'disabled_auto',
    );
    const before = upstream.requestsOf(secretKey('bbb')).length;
    for (const { url } of instances) for (let n = 0; n < 4; n += 1) await chat(url);
    expect(upstream.requestsOf(secretKey('bbb'))).toHaveLength(before);

    upstream.forKey(secretKey('bbb'), reply.healthy);
    await admin(2, 'POST', `keys/${await idOf('bbb')}/verify`);
    await everywhere('the key to be back', async (url) => (await statusOf(url, 'bbb')) === 'active');
    for (const instance of instances) await instance.stop();
    expect(await keyRow('bbb')).toMatchObject({ isDisabled: 0, epoch: 0 });
  });

  it('one of them does the regular work, and another when that one dies', { timeout: 90_000 }, async () => {
    const lastProbe = async ({ url }: RunningServer) => {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
      const { items } = (await (await fetch(`${url}/api/admin/jobs`, { headers })).json()) as {
        items: readonly { readonly name: string; readonly lastRunAt: string | null }[];
      };
      return items.find(({ name }) => name === 'probe-keys')?.lastRunAt ?? null;
    };
    const probers = async (among: readonly RunningServer[]) => {
      const times = await Promise.all(among.map(lastProbe));
      return among.filter((_, i) => times[i] !== null);
    };
    await admin(0, 'PATCH', 'settings', { values: { CHECK_INTERVAL_HOURS: 0.001 } });
    const runs = new Set<string | null>();
    const threeRuns = async () => {
      for (const prober of await probers(instances)) runs.add(await lastProbe(prober));
      return runs.size >= 3;
    };
    await waitFor(threeRuns, { timeoutMs: 30_000, what: 'three rounds of probes' });
    const [prober, ...more] = await probers(instances);
    expect(more).toEqual([]);
    prober?.kill('SIGKILL');
    const others = instances.filter((instance) => instance !== prober);
    const isTakenOver = async () => (await probers(others)).length > 0;
    await waitFor(isTakenOver, { timeoutMs: 40_000, what: 'another to take over' });
  });

  it('a token that is revoked at one lets nobody in anywhere', async () => {
    const { token, item } = await admin<{ token: string; item: { id: string } }>(2, 'POST', 'tokens', {
      name: 'shop',
    });
    await everywhere('the token to be known', async (url) => (await chat(url, { token })).status === 200);
    await admin(1, 'DELETE', `tokens/${item.id}`);
    // Asked too often, an instance answers 429 to a wrong token.
    await everywhere('the token to be revoked', async (url) =>
      [401, 429].includes((await chat(url, { token })).status),
    );
  });

  it('a proxy that is added at one is gone through everywhere', async () => {
    // Nobody listens there: who goes out directly is answered, who goes through it is not.
    await admin(0, 'POST', 'proxies', { text: 'http://127.0.0.1:9', isShared: true, note: '' });
    await everywhere('nobody to go out directly', async (url) => (await chat(url)).status !== 200);
  });

  it('a setting with keys in it, changed at one, is in force everywhere', async () => {
    await admin(2, 'PATCH', 'settings', { values: { API_KEYS: [secretKey('ccc')] } });
    const names = async (url: string) => Promise.all(['aaa', 'ccc'].map((name) => statusOf(url, name)));
    await everywhere('the new key alone', async (url) => {
      const [old, fresh] = await names(url);
      return old === undefined && fresh === 'active';
    });
  });
});

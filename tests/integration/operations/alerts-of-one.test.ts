import { beforeEach, expect, it } from 'vitest';
import type { AlertItem } from '../../../lib/admin/contract/alerts';
import { databaseSettings, startDatabaseServers } from '../../support/database-servers';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const onEachServer = await startDatabaseServers();
/** A lease that nobody prolongs ends by itself. */
const TAKEN_OVER_MS = 30_000;

/** Two instances on one database, each of which finds out by itself that all keys are out. */
onEachServer('alerts of instances on one $name', (server) => {
  let upstream: ScriptedUpstream;
  let receiver: ScriptedUpstream;
  let instances: [RunningServer, RunningServer];

  beforeEach(async () => {
    upstream = await parts.upstream();
    receiver = await parts.upstream();
    receiver.fallbackReply = reply.bytes(200, Buffer.from('ok'));
    const url = receiver.baseUrl.replace(/\/v1$/, '/hook');
    const settings = {
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['aaa', 'bbb'].map(secretKey),
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      MAX_FAILURES: 1,
      CHECK_INTERVAL_HOURS: 0,
      ALERT_RECEIVERS: [{ name: 'ops', kind: 'json', url, delay_seconds: 0, rules: ['keys_out', 'trouble'] }],
    };
    const env = { ...databaseSettings(await server.freshDatabase()), ENCRYPTION_KEY: '7'.repeat(64) };
    const start = (): Promise<RunningServer> => parts.server({ env, envFile: envFile(settings) });
    instances = [await start(), await start()];
  });

  const told = (): string[] =>
    receiver.requests.map(({ body }) => {
      const { type, incident } = JSON.parse(body.toString()) as { type: string; incident: { id: string } };
      return `${type} ${incident.id}`;
    });

  const ask = (url: string, method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}/api/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  /** Each instance finds out by itself; until the receiver was told, and that is noted. */
  async function noKeyIsLeft(): Promise<void> {
    upstream.fallbackReply = reply.error(401, { code: 'invalid_api_key', message: 'Incorrect API key' });
    await waitFor(
      async () => {
        await Promise.all(instances.map(({ url }) => chat(url)));
        return told().length > 0;
      },
      { what: 'that no key is left to be told' },
    );
    const listed = async (): Promise<AlertItem | undefined> =>
      ((await (await ask(instances[1].url, 'GET', 'alerts')).json()) as { items: AlertItem[] }).items[0];
    await waitFor(async () => (await listed())?.open === 1, { what: 'all to know what was told' });
  }

  it('are sent by one of them, and the next one goes on where it has stopped', async () => {
    const [first, second] = instances;
    await noKeyIsLeft();
    first.kill('SIGKILL');
    await first.exited;
    // One that was told nothing yet is told at the first look of whoever has taken the work over.
    await ask(second.url, 'POST', 'alerts', {
      name: 'new',
      kind: 'json',
      url: receiver.baseUrl.replace(/\/v1$/, '/new'),
      delaySeconds: 0,
      rules: ['keys_out'],
    });
    await receiver.waitForRequest(({ url }) => url === '/new', TAKEN_OVER_MS);
    expect(receiver.requests.map(({ url }) => url)).toEqual(['/hook', '/new']);
    expect(told()).toEqual(Array(2).fill('incident.began keys_out:default'));
  }, 90_000);

  it('tell once that the database is out, and once that it is back', async () => {
    await noKeyIsLeft();
    await server.down();
    try {
      await waitFor(() => told().length > 1, { timeoutMs: TAKEN_OVER_MS, what: 'the outage to be told' });
    } finally {
      await server.up();
    }
    await waitFor(() => told().length > 2, { timeoutMs: TAKEN_OVER_MS, what: 'the end to be told' });
    expect(told()).toEqual([
      'incident.began keys_out:default',
      'incident.began trouble:shortage:database',
      'incident.ended trouble:shortage:database',
    ]);
  }, 90_000);
});

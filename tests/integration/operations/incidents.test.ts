import { beforeEach, expect, it } from 'vitest';
import type { IncidentItem } from '../../../lib/admin/contract/incidents';
import type { AttentionItem } from '../../../lib/admin/contract/stats';
import { databaseSettings, startDatabaseServers } from '../../support/database-servers';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const onEachServer = await startDatabaseServers();
/** A lease that nobody prolongs ends by itself. */
const TAKEN_OVER_MS = 30_000;
const SECRET = secretKey('aaa');

interface Listed {
  readonly items: IncidentItem[];
  readonly total: number;
  readonly nextCursor: string | null;
}

const ask = async (server: RunningServer, path: string): Promise<string> => {
  const response = await fetch(`${server.url}/api/admin/${path}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  expect(response.status).toBe(200);
  return response.text();
};
const listed = async (server: RunningServer, query = ''): Promise<Listed> =>
  JSON.parse(await ask(server, `incidents${query}`)) as Listed;
const providersOut = async (server: RunningServer): Promise<IncidentItem[]> =>
  (await listed(server, '?kind=provider')).items;
const attention = async (server: RunningServer): Promise<AttentionItem[]> =>
  (JSON.parse(await ask(server, 'stats/attention')) as { items: AttentionItem[] }).items;

const env = (upstream: ScriptedUpstream): Record<string, string> => ({
  BASE_URL: upstream.baseUrl,
  API_KEYS: JSON.stringify([SECRET]),
  ALLOWED_TOKENS: JSON.stringify([TOKEN]),
  AUTH_TOKEN: ADMIN_TOKEN,
  CHECK_INTERVAL_HOURS: '0',
  ENCRYPTION_KEY: '7'.repeat(64),
});

/** Until the outage is in the history. */
async function isOut(server: RunningServer, upstream: ScriptedUpstream): Promise<IncidentItem> {
  upstream.fallbackReply = reply.error(503);
  const [item] = await waitFor(
    async () => {
      await chat(server.url);
      const items = await providersOut(server);
      return items[0]?.until === null ? items : undefined;
    },
    { what: 'the outage to be kept' },
  );
  if (item === undefined) throw new Error('none');
  return item;
}

/** Until it is over there. */
function isBack(server: RunningServer, upstream: ScriptedUpstream): Promise<IncidentItem[]> {
  upstream.fallbackReply = reply.healthy;
  return waitFor(
    async () => {
      const items = await providersOut(server);
      return items.every(({ until }) => until !== null) ? items : undefined;
    },
    { what: 'the outage to be over' },
  );
}

it('an outage is kept while it lasts, as the list of what needs attention tells it, and when it is over', async () => {
  const upstream = await parts.upstream();
  const server = await parts.server({ env: env(upstream) });
  expect(await listed(server)).toMatchObject({ items: [], total: 0, nextCursor: null });

  const lasting = await isOut(server, upstream);
  const [told] = (await attention(server)).filter(({ kind }) => kind === 'provider');
  expect(lasting.item).toMatchObject({ kind: 'provider', answer: 'status', status: 503, since: told?.since });
  expect(lasting).toMatchObject({ kind: 'provider', severity: 'high', since: told?.since, until: null });

  const [over] = await isBack(server, upstream);
  expect(over).toMatchObject({ id: lasting.id, since: lasting.since });
  expect(over?.until).toBeGreaterThan(lasting.since);
  expect(over?.item.kind === 'provider' && over.item.failed).toBeGreaterThan(0);
  expect(await listed(server, `?kind=provider&from=${(over?.until ?? 0) + 1}`)).toMatchObject({ items: [] });
  expect(await listed(server, `?kind=provider&to=${lasting.since - 1}`)).toMatchObject({
    items: [],
    total: 0,
  });

  const [head, ...lines] = (await ask(server, 'incidents/export?kind=provider')).trim().split('\r\n');
  expect(head).toBe('id,kind,severity,since,until,durationMs,sentence');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/,provider,high,\d+,\d+,\d+,"?.*answers 503 since \d\d:\d\d/);
  expect(await ask(server, 'incidents')).not.toContain(SECRET);
});

it('a list by its pages misses nothing, and asks for what there is alone', async () => {
  const upstream = await parts.upstream();
  const server = await parts.server({ env: env(upstream) });
  await isOut(server, upstream);
  const all = await listed(server);
  const first = await listed(server, '?pageSize=1');
  expect(first.items.map(({ id }) => id)).toEqual(all.items.slice(0, 1).map(({ id }) => id));
  expect(first.nextCursor === null).toBe(all.total === 1);
  for (const wrong of ['?kind=nothing', '?from=2&to=1', '/export?from=2&to=1']) {
    const { status } = await fetch(`${server.url}/api/admin/incidents${wrong}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect([wrong, status]).toEqual([wrong, 400]);
  }
  expect((await fetch(`${server.url}/api/admin/incidents`)).status).toBe(401);
});

it('of a process that was killed what is no longer so is over when it was last seen, after one that was stopped too', async () => {
  const upstream = await parts.upstream();
  const dataDir = await parts.dataDir();
  const first = await parts.server({ env: env(upstream), dataDir });
  const lasting = await isOut(first, upstream);
  first.kill('SIGKILL');
  await first.exited;
  upstream.fallbackReply = reply.healthy;

  const startedAt = Date.now();
  const second = await parts.server({ env: env(upstream), dataDir });
  const [over] = await isBack(second, upstream);
  expect(over).toMatchObject({ id: lasting.id, since: lasting.since });
  expect(over?.until).toBeGreaterThanOrEqual(lasting.since);
  expect(over?.until).toBeLessThan(startedAt);

  const again = await isOut(second, upstream);
  await second.stop();
  upstream.fallbackReply = reply.healthy;
  const restartedAt = Date.now();
  const third = await parts.server({ env: env(upstream), dataDir });
  const [last] = await isBack(third, upstream);
  expect(last).toMatchObject({ id: again.id });
  expect(last?.until).toBeLessThan(restartedAt);
});

it('with WORKERS an outage that each of them sees is one row', async () => {
  const upstream = await parts.upstream();
  const server = await parts.server({ env: { ...env(upstream), WORKERS: '2' } });
  await isOut(server, upstream);
  for (let i = 0; i < 20; i++) await chat(server.url);
  expect(await providersOut(server)).toHaveLength(1);
  expect(await isBack(server, upstream)).toHaveLength(1);
});

onEachServer('incidents of instances on one $name', (database) => {
  let upstream: ScriptedUpstream;
  let instances: [RunningServer, RunningServer];

  beforeEach(async () => {
    upstream = await parts.upstream();
    const settings = { ...env(upstream), ...databaseSettings(await database.freshDatabase()) };
    instances = [await parts.server({ env: settings }), await parts.server({ env: settings })];
  });

  it('are one row, which whoever takes the work over goes on with', async () => {
    const [first, second] = instances;
    const lasting = await isOut(first, upstream);
    for (let i = 0; i < 4; i++) await chat(second.url);
    await waitFor(async () => (await attention(second)).some(({ kind }) => kind === 'provider'), {
      what: 'the other one to see it too',
    });
    first.kill('SIGKILL');
    await first.exited;
    upstream.fallbackReply = reply.healthy;
    const items = await waitFor(
      async () => {
        const found = await providersOut(second);
        return found.every(({ until }) => until !== null) ? found : undefined;
      },
      { timeoutMs: TAKEN_OVER_MS, what: 'whoever has taken over to end it' },
    );
    expect(items).toMatchObject([{ id: lasting.id, since: lasting.since }]);
  }, 90_000);
});

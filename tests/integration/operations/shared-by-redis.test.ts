import { beforeEach, describe, expect, it } from 'vitest';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { rawSql } from '../../support/raw-sql';
import { useSharing } from './sharing';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const { isMissing, redis, environment, freshDatabase } = await useSharing();

/** What travels by Redis alone: rests and failures too small for the database. */
describe.skipIf(isMissing)('instances that share by Redis', () => {
  let upstream: ScriptedUpstream;
  let instances: RunningServer[];
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  beforeEach(async () => {
    upstream = await parts.upstream();
    const settings = {
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['aaa', 'bbb'].map(secretKey),
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      SELECTION_POLICY: 'round_robin',
      MAX_FAILURES: 3,
    };
    database = await freshDatabase();
    const env = await environment(Promise.resolve(database));
    const start = () => parts.server({ env, envFile: envFile(settings) });
    instances = [await start()];
    instances.push(...(await Promise.all([start(), start()])));
    await everywhere('to be in touch', async (url) => (await instancesAt(url)) === 3);
  });

  const at = (index: number): RunningServer => instances[index] ?? expect.fail('no such instance');
  const everywhere = (what: string, holds: (url: string) => Promise<boolean>) =>
    Promise.all(instances.map(({ url }) => waitFor(() => holds(url), { timeoutMs: 10_000, what })));

  const instancesAt = async (url: string): Promise<number> => (await listedAt(url)).length;

  /** None while it is out of touch. */
  async function listedAt(url: string): Promise<readonly { readonly id: string }[]> {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = await fetch(`${url}/api/admin/instances`, { headers });
    const { sharing, items } = (await answer.json()) as { sharing: string; items: readonly { id: string }[] };
    return sharing === 'shared' ? items : [];
  }

  async function ready(url: string): Promise<Record<string, string>> {
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { checks: Record<string, string> }).checks;
  }

  async function keyOf(url: string, name: string) {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const { items } = (await (await fetch(`${url}/api/admin/keys`, { headers })).json()) as {
      items: readonly { readonly hint: string; readonly status: string; readonly failures: number }[];
    };
    return items.find(({ hint }) => hint.endsWith(name)) ?? expect.fail(`no key ${name}`);
  }

  /** Of both keys together, so that nothing is used but that. */
  async function limitTo(requestsPerMinute: number): Promise<void> {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
    const list = await fetch(`${at(0).url}/api/admin/keys`, { headers });
    const { items } = (await list.json()) as { items: readonly { id: string }[] };
    const ids = items.map(({ id }) => id);
    const body = JSON.stringify({
      action: 'edit',
      ids,
      set: { account: 'acme', limits: { requestsPerMinute } },
    });
    const response = await fetch(`${at(0).url}/api/admin/keys/bulk`, { method: 'POST', headers, body });
    expect(response.status, await response.text()).toBe(200);
    const isKnown = async (url: string) =>
      JSON.stringify(await keyOf(url, 'aaa')).includes('requestsPerMinute');
    await everywhere('the limit', isKnown);
  }

  const asked = (name: string) => upstream.requestsOf(secretKey(name)).length;

  it('a short rest that one learns of is kept by all', async () => {
    upstream.forKey(secretKey('bbb'), reply.rateLimited({ retryAfter: '4' }));
    for (let n = 0; n < 2; n += 1) await chat(at(0).url);
    expect(asked('bbb')).toBe(1);
    await everywhere('the rest', async (url) => (await keyOf(url, 'bbb')).status === 'cooling');
    for (const { url } of instances) for (let n = 0; n < 2; n += 1) await chat(url);
    expect(asked('bbb')).toBe(1);
  });

  it('failures of a key count once, wherever they come', async () => {
    upstream.forKey(secretKey('bbb'), reply.error(401, { code: 'invalid_api_key' }));
    for (const [index, { url }] of instances.entries()) {
      const isRested = async () => (await keyOf(url, 'bbb')).status === 'active';
      await waitFor(isRested, { timeoutMs: 10_000, what: 'the rest after a failure to be over' });
      while (asked('bbb') === index) await chat(url);
      const isTold = async (other: string) => (await keyOf(other, 'bbb')).failures === index + 1;
      if (index < 2) await everywhere(`failure ${index + 1}`, isTold);
    }
    await everywhere(
      'the key to be out',
      async (url) => (await keyOf(url, 'bbb')).status === 'disabled_auto',
    );
    expect(asked('bbb')).toBe(3);
  });

  it('a limit of twenty a minute is one of all together, with requests at all of them at once', async () => {
    await limitTo(20);
    const results = await Promise.all(Array.from({ length: 60 }, (_, n) => chat(at(n % 3).url)));
    const served = results.filter(({ status }) => status === 200).length;
    expect(results.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    // One after the other they find out what is left.
    let more = 0;
    const isUsedUp = async () => {
      const statuses = await Promise.all(instances.map(async ({ url }) => (await chat(url)).status));
      more += statuses.filter((status) => status === 200).length;
      return statuses.every((status) => status === 429) && served + more >= 20;
    };
    await waitFor(isUsedUp, { timeoutMs: 10_000, what: 'the limit to be used up' });
    expect(served + more).toBeLessThanOrEqual(22);
    expect(asked('aaa') + asked('bbb')).toBe(served + more);
  });

  it('one that stood still takes nothing of a limit that the others used up meanwhile', async () => {
    await limitTo(20);
    const [, , paused] = instances;
    const others = instances.slice(0, 2);
    paused?.kill('SIGSTOP');
    const isGone = async () => (await instancesAt(at(0).url)) === 2;
    await waitFor(isGone, { timeoutMs: 30_000, what: 'the others to hear no more of it' });
    const isUsedUp = async () => {
      const answers = await Promise.all(others.map(({ url }) => chat(url)));
      return answers.every(({ headers }) => Number(headers.get('retry-after')) > 1);
    };
    await waitFor(isUsedUp, { what: 'the others to use the limit up' });
    const before = asked('aaa') + asked('bbb');
    expect(before).toBeGreaterThanOrEqual(20);
    // They wait at its door.
    const early = Array.from({ length: 12 }, () => chat(at(2).url));
    paused?.kill('SIGCONT');
    const knows = async () => Number((await chat(at(2).url)).headers.get('retry-after')) > 1;
    await waitFor(knows, { what: 'it to know that the limit is used up' });
    expect((await Promise.all(early)).map(({ status }) => status)).not.toContain(200);
    expect(asked('aaa') + asked('bbb')).toBe(before);
  });

  it('each keeps to its part of a limit while Redis is away', async () => {
    await limitTo(9);
    await redis?.kill();
    await everywhere('to be alone', async (url) => (await ready(url)).shared !== 'ok');
    const statuses = [];
    for (let n = 0; n < 27; n += 1) statuses.push((await chat(at(n % 3).url)).status);
    await redis?.up();
    expect(statuses.filter((status) => status === 200)).toHaveLength(9);
    expect(statuses.filter((status) => status === 429)).toHaveLength(18);
  });

  it('serves on while Redis is away, and says so once each way', async () => {
    await redis?.kill();
    const isLocal = async (url: string) => (await ready(url)).shared?.startsWith('local since ') === true;
    await everywhere('to be alone', isLocal);
    for (const { url } of instances)
      for (let n = 0; n < 4; n += 1) expect((await chat(url)).status).toBe(200);
    await redis?.up();
    await everywhere('to be in touch again', async (url) => (await ready(url)).shared === 'ok');
    for (const server of instances) {
      await waitFor(() => server.stdout().match(/Redis answers/g)?.length === 2, { what: 'the line' });
      expect(server.stdout().match(/Redis does not answer/g)).toHaveLength(1);
    }
  });

  it('goes on beside an instance of a newer version, and passes over what that says more', async () => {
    const client = redis?.client() ?? expect.fail('Redis is not running');
    const [one] = await listedAt(at(0).url);
    const [home, page] = JSON.parse((await client.get(`{ob}:page:${one?.id}`)) ?? '[]') as [string, string];
    const newer = { ...(JSON.parse(page) as object), name: 'newer', version: '9.0.0', figures: 7, more: [1] };
    await client.set('{ob}:page:newer', JSON.stringify([home, JSON.stringify(newer)]));
    await client.sadd('{ob}:instances', 'newer');
    const events = [
      { kind: 'moon', phase: 1 },
      { kind: 'key', keyId: 7 },
      { kind: 'changed', more: true },
      5,
      null,
    ];
    for (const [number, text] of [JSON.stringify(events), '{', '"text"'].entries())
      await client.xadd(
        '{ob}:events',
        '*',
        'home',
        home,
        'from',
        'newer',
        'number',
        number,
        'text',
        text,
        'more',
        1,
      );
    await rawSql(
      database,
      `ALTER TABLE ApiKey ADD COLUMN moon_phase INT NULL;
       ALTER TABLE RequestLog ADD COLUMN moon_phase INT NOT NULL DEFAULT 3;
       CREATE TABLE moons (id INT PRIMARY KEY);
       INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name)
       VALUES ('1', '1', NOW(), '99990101000000_moons')`,
    );
    await everywhere('to see the newer one', async (url) => (await instancesAt(url)) === 4);
    for (const { url } of instances) expect((await chat(url)).status).toBe(200);
    upstream.forKey(secretKey('bbb'), reply.rateLimited({ retryAfter: '60' }));
    for (let n = 0; n < 2; n += 1) await chat(at(0).url);
    await everywhere('the rest', async (url) => (await keyOf(url, 'bbb')).status === 'cooling');
    await limitTo(1_000);
    for (const server of instances) expect(server.stdout()).not.toMatch(/"level":(?:50|60)|ERROR|FATAL/);
  });
});

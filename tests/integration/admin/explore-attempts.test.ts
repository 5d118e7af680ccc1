import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statsApi, type Explored, type UsageTotals } from '../../../lib/admin/contract/stats';
import { startFaultyProxy, type FaultyProxy } from '../../support/proxies';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { startServer, type RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN, allAnswers, ask, call, CLIENT, ENV_KEYS } from './support';

const SECRET = 'proxy-password-0123456789';
const parts = {} as { server: RunningServer; upstream: ScriptedUpstream; proxy: FaultyProxy };

const explored = (query: Omit<Parameters<typeof call<typeof statsApi.explore>>[2], 'range'>) =>
  call(parts.server.url, statsApi.explore, { range: '1h', ...query });

async function chat(model: string, path = '/v1', token = CLIENT): Promise<void> {
  const response = await fetch(`${parts.server.url}${path}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.text();
}

interface LoggedRequest {
  readonly egressId: string | null;
  readonly outcome: string;
  readonly attemptCount: number;
  readonly attempts: string;
}

/** What the log says that there was at each proxy and with each verdict. */
function loggedCounts() {
  const database = new Sqlite(join(parts.server.dataDir, 'default_db.sqlite'), { readonly: true });
  const rows = database.prepare('SELECT * FROM RequestLog').all() as LoggedRequest[];
  database.close();
  const counts = { proxy: new Map<string, [number, number]>(), verdict: new Map<string, [number, number]>() };
  const add = (of: keyof typeof counts, id: string, requests: number, attempts: number) => {
    const [before, tried] = counts[of].get(id) ?? [0, 0];
    counts[of].set(id, [before + requests, tried + attempts]);
  };
  for (const { egressId, outcome, attemptCount, attempts } of rows) {
    if (attemptCount > 0) add('proxy', egressId ?? 'direct', 1, 0);
    add('verdict', outcome, 1, 0);
    const story = JSON.parse(attempts) as { attempts: { egressId?: string; verdict: string }[] };
    for (const attempt of story.attempts) {
      add('proxy', attempt.egressId ?? 'direct', 0, 1);
      add('verdict', attempt.verdict, 0, 1);
    }
  }
  return { rows, counts };
}

const SUMS = [
  ...(['requests', 'succeeded', 'failed', 'clientErrors', 'attempts', 'failedAttempts'] as const),
  ...(['promptTokens', 'completionTokens', 'unpriced'] as const),
] as const;
const sumsOf = (totals: readonly UsageTotals[]) =>
  SUMS.map((name) => [name, totals.reduce((sum, one) => sum + one[name], 0)]);

function expectWhole({ groups, others, totals }: Explored): void {
  expect(sumsOf([...groups.map((group) => group.totals), others])).toEqual(sumsOf([totals]));
}

const shapeOf = ({ groups }: Explored) =>
  new Map(groups.map(({ id, totals }) => [id, [totals.requests, totals.attempts]] as const));

beforeAll(async () => {
  parts.upstream = await startScriptedUpstream();
  parts.proxy = await startFaultyProxy();
  const [limited = '', ...healthy] = ENV_KEYS;
  parts.upstream.forKey(limited, reply.rateLimited({ retryAfter: '600' }));
  for (const key of healthy) {
    parts.upstream.forKey(key, (request, response) =>
      request.body.toString().includes('bad-one')
        ? reply.error(400, { message: 'Wrong temperature', type: 'invalid_request_error' })(request, response)
        : reply.healthy(request, response),
    );
  }
  parts.server = await startServer({
    env: {
      API_KEYS: ENV_KEYS.join(','),
      ALLOWED_TOKENS: CLIENT,
      AUTH_TOKEN: ADMIN,
      BASE_URL: parts.upstream.baseUrl,
      PROXIES: parts.proxy.url.replace('://', `://someone:${SECRET}@`),
    },
  });
  const made = await ask(parts.server.url, 'POST', 'providers', {
    body: { name: 'Direct', slug: 'direct-one', baseUrl: parts.upstream.baseUrl, egress: { mode: 'direct' } },
  });
  expect(made.status).toBeLessThan(300);
  const added = await ask(parts.server.url, 'POST', 'keys/import', {
    body: { provider: 'direct-one', text: 'sk-direct-0123456789abcdef' },
  });
  expect(added.status).toBeLessThan(300);
  for (let times = 0; times < 4; times += 1) await chat('gpt-test');
  await chat('bad-one');
  for (let times = 0; times < 2; times += 1) await chat('gpt-test', '/direct-one/v1');
  await chat('gpt-test', '/v1', 'sk-nobody-0123456789-abcdefghij');
  await chat('gpt-test', '/no-such-provider/v1');
  await waitFor(() => loggedCounts().rows.length === 9, { what: 'the log to be written' });
});

afterAll(async () => {
  await parts.server.stop();
  await parts.upstream.stop();
  await parts.proxy.stop();
});

describe('exploring traffic by proxy and by verdict', () => {
  it.each(['proxy', 'verdict'] as const)('by %s it is what the log has', async (groupBy) => {
    const found = await explored({ groupBy });
    const { counts } = loggedCounts();
    expect(shapeOf(found)).toEqual(counts[groupBy]);
    expect(found.groups.length).toBeGreaterThan(1);
    expectWhole(found);
    expect(found.totals.requests).toBe(9);
    expect(found.isWhole).toBe(true);
    for (const { id, values } of found.series) {
      const requests = found.groups.find((group) => group.id === id)?.totals.requests;
      expect(values.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBe(requests);
    }
  });

  it('has what was refused before an attempt by its error, and among the others by proxy', async () => {
    const byVerdict = await explored({ groupBy: 'verdict' });
    expect(byVerdict.others).toMatchObject({ requests: 0, attempts: 0 });
    const shapes = shapeOf(byVerdict);
    expect([shapes.get('invalid_token'), shapes.get('provider_not_found')]).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect((await explored({ groupBy: 'proxy' })).others).toMatchObject({ requests: 2, attempts: 0 });
  });

  it('names a proxy by its address without the password, and a direct connection by `direct`', async () => {
    const { groups } = await explored({ groupBy: 'proxy' });
    const address = parts.proxy.url.replace('://', '://someone:***@');
    const names = groups.map(({ id, name, hint, provider }) => [id === 'direct', name, hint, provider]);
    expect(names.toSorted()).toEqual([
      [false, null, address, null],
      [true, null, null, null],
    ]);
    expect(allAnswers()).not.toContain(SECRET);
  });

  it('tells which verdicts a proxy met, and of one group has the figures of its row', async () => {
    for (const groupBy of ['proxy', 'verdict'] as const) {
      for (const { id, totals, hint } of (await explored({ groupBy })).groups) {
        const within = groupBy === 'proxy' ? 'verdict' : 'proxy';
        const one = await explored({ [groupBy]: id, groupBy: within });
        expect(sumsOf([one.totals])).toEqual(sumsOf([totals]));
        expectWhole(one);
        if (groupBy === 'proxy') {
          expect(one.filter.proxy.hint).toBe(hint);
          expect(one.others).toMatchObject({ requests: 0, attempts: 0 });
        }
        for (const other of ['provider', 'model', 'status'] as const) {
          expectWhole(await explored({ [groupBy]: id, groupBy: other }));
        }
      }
    }
    const limited = await explored({ verdict: 'rate_limited', proxy: 'direct', groupBy: 'provider' });
    expect(limited.totals).toMatchObject({ requests: 0, attempts: 0 });
  });

  it('refuses what is kept apart, on the field that is one too many', async () => {
    for (const [query, field] of [
      ['groupBy=proxy&keyId=x', 'groupBy'],
      ['groupBy=verdict&token=x', 'token'],
      ['groupBy=key&proxy=x', 'proxy'],
      ['groupBy=token&verdict=x', 'groupBy'],
      ['keyId=x&verdict=x', 'verdict'],
      ['token=x&proxy=x', 'token'],
    ] as const) {
      for (const path of ['stats/explore', 'stats/explore/export']) {
        const { status, error } = await ask(parts.server.url, 'GET', `${path}?${query}`);
        expect([query, status, error?.code, Object.keys(error?.fields ?? {})]).toEqual([
          ...[query, 400, 'invalid_input', [field]],
        ]);
      }
    }
  });

  it('compares with no time before the first record of this kind', async () => {
    const database = new Sqlite(join(parts.server.dataDir, 'default_db.sqlite'));
    database.exec(
      `INSERT INTO UsageRollup (resolution, bucketStart, provider, keyId, model, statusClass, requests)
       VALUES ('hour', 0, '', '', '', '2xx', 1)`,
    );
    database.close();
    expect((await explored({ groupBy: 'model' })).former).not.toBeNull();
    expect((await explored({ groupBy: 'verdict' })).former).toBeNull();
    expect((await explored({ verdict: 'success' })).former).toBeNull();
  });

  it('is to be had as a CSV file', async () => {
    const path = 'stats/explore/export?groupBy=verdict&range=1h';
    const { text, headers } = await ask(parts.server.url, 'GET', path);
    expect(headers.get('content-disposition')).toContain('traffic-by-verdict-1h.csv');
    const { counts } = loggedCounts();
    for (const [verdict, [requests]] of counts.verdict) {
      expect(text).toContain(`\r\nverdict,${verdict},,,,${requests},`);
    }
    const proxies = await ask(parts.server.url, 'GET', 'stats/explore/export?groupBy=proxy&range=1h');
    expect(proxies.text).toMatch(/\r\nothers,,,,,2,/);
    expect(proxies.text).not.toContain(SECRET);
  });
});

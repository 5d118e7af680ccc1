import { beforeAll, describe, expect, it } from 'vitest';
import { statsApi, type Explored, type UsageTotals } from '../../../lib/admin/contract/stats';
import { reply } from '../../support/scripted-upstream';
import { ask, CLIENT, ENV_KEYS, useServer } from './support';

const SECOND = 'sk-second-0123456789-abcdefghij';
const parts = useServer({
  ALLOWED_TOKENS: [CLIENT, SECOND].join(','),
  MODEL_PRICES: JSON.stringify([{ model: 'priced-*', input: 1, output: 3 }]),
});
const { call } = parts;

async function chat(model: string, token: string): Promise<void> {
  const response = await fetch(`${parts.server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.text();
}

/** More models than a chart has series; one has no price, one fails, one is a formula; and one client is turned away. */
const MODELS = [
  ...Array.from({ length: 8 }, (_, index) => `priced-${index}`),
  'free-one',
  '=cmd|x',
  'bad-one',
];

const SUMS = [
  ...(['requests', 'succeeded', 'failed', 'clientErrors', 'attempts', 'failedAttempts'] as const),
  ...(['promptTokens', 'cachedTokens', 'completionTokens', 'unpriced'] as const),
] as const;
const sumsOf = (totals: UsageTotals) => Object.fromEntries(SUMS.map((name) => [name, totals[name]]));

function expectWhole({ groups, others, totals }: Explored): void {
  const all = [...groups.map((group) => group.totals), others];
  const sums = SUMS.map((name) => [name, all.reduce((sum, one) => sum + one[name], 0)]);
  expect(Object.fromEntries(sums)).toEqual(sumsOf(totals));
  expect(all.reduce((sum, one) => sum + (one.costUsd ?? 0), 0)).toBeCloseTo(totals.costUsd ?? 0, 9);
}

beforeAll(async () => {
  for (const key of ENV_KEYS) {
    parts.upstream.forKey(key, (request, response) =>
      request.body.toString().includes('bad-one')
        ? reply.error(400, { message: 'Wrong temperature', type: 'invalid_request_error' })(request, response)
        : reply.healthy(request, response),
    );
  }
  for (const [index, model] of MODELS.entries()) {
    for (let times = 0; times < (index % 3) + 1; times += 1) await chat(model, index < 4 ? SECOND : CLIENT);
  }
  await chat('priced-0', 'sk-nobody-0123456789-abcdefghij');
});

describe('exploring traffic', () => {
  it.each(['none', 'provider', 'model', 'token', 'key', 'status', 'proxy', 'verdict'] as const)(
    'by %s, the groups and what is in none of them make up the whole, which is that of the overview',
    async (groupBy) => {
      const explored = await call(statsApi.explore, { groupBy, range: '1h' });
      const overview = await call(statsApi.overview, { range: '1h' });
      expect(sumsOf(explored.totals)).toEqual(sumsOf(overview.totals));
      expect(explored.totals.requests).toBeGreaterThan(MODELS.length);
      if (groupBy === 'none') expect(explored.groups).toEqual([]);
      else expectWhole(explored);
      expect(explored.values.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBe(
        explored.totals.requests,
      );
    },
  );

  it('has at most six series, those with the most of the metric, and each adds up to its group', async () => {
    const explored = await call(statsApi.explore, { groupBy: 'model', range: '1h', metric: 'costUsd' });
    expect(explored.series).toHaveLength(6);
    const costOf = (id: string) => explored.groups.find((group) => group.id === id)?.totals.costUsd ?? 0;
    for (const { id, values } of explored.series) {
      expect(values.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBeCloseTo(costOf(id), 9);
    }
    const [last] = explored.series.slice(-1);
    const left = explored.groups.filter(({ id }) => !explored.series.some((one) => one.id === id));
    for (const { id } of left) expect(costOf(id)).toBeLessThanOrEqual(costOf(last?.id ?? ''));
  });

  it('counts what is beyond the limit among the others', async () => {
    const explored = await call(statsApi.explore, { groupBy: 'model', range: '1h', limit: 3 });
    expect(explored.groups).toHaveLength(3);
    expect(explored.isWhole).toBe(false);
    expectWhole(explored);
  });

  it('by how requests ended, each group has what the totals call so, over time too', async () => {
    const explored = await call(statsApi.explore, { groupBy: 'status', range: '1h' });
    expect(explored.groups.map(({ id }) => id).toSorted()).toEqual(['clientErrors', 'succeeded']);
    for (const { id, totals } of explored.groups) {
      const count = explored.totals[id as 'succeeded'];
      expect([totals.requests, totals[id as 'succeeded']]).toEqual([count, count]);
      const values = explored.series.find((one) => one.id === id)?.values ?? [];
      expect(values.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBe(count);
    }
    expect(explored.others.requests).toBe(0);
    const one = await call(statsApi.explore, { groupBy: 'status', range: '1h', model: 'bad-one', limit: 1 });
    expect(one.groups.map(({ id }) => id)).toEqual(['clientErrors']);
  });

  it('does not call a cost nothing that is not known', async () => {
    const { groups } = await call(statsApi.explore, { groupBy: 'model', range: '1h' });
    const free = groups.find(({ id }) => id === 'free-one')?.totals;
    expect(free).toMatchObject({ costUsd: null, unpriced: free?.requests });
    const one = await call(statsApi.explore, { model: 'free-one', range: '1h', metric: 'costUsd' });
    expect(one.values.every((value) => value === null || value === 0)).toBe(true);
    expect(one.values).toContain(null);
  });

  it('of one group has the same figures as its row among all, and says what it is called', async () => {
    const byToken = await call(statsApi.explore, { groupBy: 'token', range: '1h' });
    const byKey = await call(statsApi.explore, { groupBy: 'key', range: '1h' });
    expect(byToken.groups).toHaveLength(2);
    for (const { id, hint, totals } of byToken.groups) {
      const one = await call(statsApi.explore, { token: id, groupBy: 'model', range: '1h' });
      expect(sumsOf(one.totals)).toEqual(sumsOf(totals));
      expect(one.filter.token.hint).toBe(hint);
      expectWhole(one);
    }
    expect(byKey.groups.length).toBeGreaterThan(0);
    for (const { id, hint, totals } of byKey.groups) {
      const one = await call(statsApi.explore, { keyId: id, groupBy: 'provider', range: '1h' });
      expect(sumsOf(one.totals)).toEqual(sumsOf(totals));
      expect(one.filter.key.hint).toBe(hint);
      expectWhole(one);
    }
  });

  it('refuses keys beside client tokens, whose figures are kept apart', async () => {
    for (const query of ['groupBy=key&token=x', 'keyId=x&token=x', 'keyId=x&groupBy=token']) {
      const { status, error } = await ask(parts.server.url, 'GET', `stats/explore?${query}`);
      expect([status, error?.code]).toEqual([400, 'invalid_input']);
    }
  });

  it('as a CSV file it has each group and the total, and nothing that a spreadsheet would run', async () => {
    const { text, headers } = await ask(
      parts.server.url,
      'GET',
      'stats/explore/export?groupBy=model&range=1h',
    );
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toContain('traffic-by-model-1h.csv');
    const [head = '', ...lines] = text.trimEnd().split('\r\n');
    const explored = await call(statsApi.explore, { groupBy: 'model', range: '1h' });
    expect(head.split(',').slice(0, 6)).toEqual(['group', 'id', 'name', 'hint', 'provider', 'requests']);
    expect(lines).toHaveLength(explored.groups.length + 2);
    expect(lines.at(-1)).toMatch(new RegExp(`^total,,,,,${explored.totals.requests},`));
    expect(text).toContain(`model,'=cmd|x,`);
    expect(lines.find((line) => line.startsWith('model,free-one,'))?.split(',')).toContain('');
  });
});

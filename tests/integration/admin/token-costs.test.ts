import { expect, it } from 'vitest';
import { logsApi } from '../../../lib/admin/contract/logs';
import { statsApi, type UsageTotals } from '../../../lib/admin/contract/stats';
import { tokensApi } from '../../../lib/admin/contract/tokens';
import { parsePrometheus } from '../../support/prometheus';
import { chatChunk, chatCompletion, chatStream, reply, type Reply } from '../../support/scripted-upstream';
import { CLIENT, ENV_KEYS, useServer } from './support';

const METRICS_TOKEN = 'token-costs-metrics-token';
/** Both begin and end alike, so that their hints are the same. */
const SHORT = ['team-a', 'team-b'] as const;
const parts = useServer({
  METRICS_TOKEN,
  ALLOWED_TOKENS: [CLIENT, ...SHORT].join(','),
  HEDGE_SECONDS: '0.1',
  MAX_RETRIES: '2',
  // Binary fractions hold none of them.
  MODEL_PRICES: JSON.stringify([
    { model: 'odd-*', input: 0.1, cached_input: 0.07, output: 0.3, reasoning: 1.1, request: 0.000000007 },
    { model: 'even', input: 3, output: 15 },
  ]),
});
const { call } = parts;

const usage = {
  prompt_tokens: 1_237,
  completion_tokens: 331,
  total_tokens: 1_568,
  prompt_tokens_details: { cached_tokens: 113 },
  completion_tokens_details: { reasoning_tokens: 29 },
};

const NANO = 1e9;
const nano = (usd: number | null) => Math.round((usd ?? 0) * NANO);

async function ask(
  token: string,
  model: string,
  { stream = false, signal }: { stream?: boolean; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${parts.server.url}/v1/chat/completions`, {
    ...(signal && { signal }),
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });
}

const finish = async (answer: Promise<Response>) => (await answer).text().catch(() => '');

async function byLabel(name: string): Promise<Record<string, number>> {
  const response = await fetch(`${parts.server.url}/metrics`, {
    headers: { authorization: `Bearer ${METRICS_TOKEN}` },
  });
  const samples = parsePrometheus(await response.text()).get(name)?.samples ?? [];
  const sums: Record<string, number> = {};
  for (const { labels, value } of samples) sums[labels.token!] = (sums[labels.token!] ?? 0) + value;
  return sums;
}

function everyKey(only: Reply): void {
  for (const key of ENV_KEYS) parts.upstream.forKey(key, only);
}

/** Silence, and then the answer of a hedge; of so few requests one is given a second key. */
async function hedged(token: string): Promise<void> {
  let silent = 0;
  everyKey((request, response) =>
    (++silent === 1 ? reply.stall() : reply.sse(chatStream(['Hello'], { usage })))(request, response),
  );
  await finish(ask(token, 'odd-hedged', { stream: true }));
}

/** Plain answers, a stream, a retry, answers that break off, and a client that leaves. */
async function traffic(token: string): Promise<void> {
  const good = reply.json(200, { ...chatCompletion('Hello'), usage });
  const stream = chatStream(['Hello'], { usage });

  everyKey(good);
  await finish(ask(token, 'odd-one'));
  await finish(ask(token, 'nobody-knows-its-price'));
  everyKey(reply.sse(stream));
  await finish(ask(token, 'odd-two', { stream: true }));
  // The first answer that comes is an error, whichever key is asked; the second one is good.
  let asked = 0;
  everyKey((request, response) => (++asked === 1 ? reply.error(500) : good)(request, response));
  await finish(ask(token, 'odd-one'));
  // Cut behind its usage, and cut without.
  everyKey(reply.cutAfter([chatChunk('Hello'), chatChunk('', { choices: [], usage })]));
  await finish(ask(token, 'odd-cut', { stream: true }));
  everyKey(reply.cutAfter([chatChunk('Hello')]));
  await finish(ask(token, 'odd-cut', { stream: true }));
  everyKey(reply.sse([chatChunk('Hello', { usage })], { end: false }));
  const leaving = new AbortController();
  const left = await ask(token, 'odd-left', { stream: true, signal: leaving.signal });
  await left.body!.getReader().read();
  leaving.abort();
  everyKey(good);
  await finish(ask(token, 'even'));
}

/** The request that a client has left is recorded a moment later. */
async function rowsOf(expected: number) {
  for (;;) {
    const { items, total } = await call(logsApi.requests, { pageSize: 200 });
    if (total >= expected) return items;
  }
}

it('the cost of each token is the same in log, export, overview, series and metrics, to the billionth', async () => {
  const made = await call(tokensApi.create, { name: 'a notebook' });
  const tokens = [CLIENT, ...SHORT, made.token];
  await hedged(CLIENT);
  for (const token of tokens) await traffic(token);
  await finish(ask('sk-wrong-0123456789-abcdefghij', 'odd-one'));

  const rows = await rowsOf(tokens.length * 8 + 2);
  const spent = rows.reduce((sum, { costUsd }) => sum + nano(costUsd), 0);
  // By hand: (1237 - 113) x 0.1 + 113 x 0.07 + (331 - 29) x 0.3 + 29 x 1.1 millionths, and 7 billionths.
  const odd = 242_817;
  expect(
    new Set(rows.filter(({ model }) => model === 'odd-one').map(({ costUsd }) => nano(costUsd))),
  ).toEqual(new Set([odd]));
  const { items } = await call(statsApi.tokens, { range: '1h' });
  expect(items.map(({ name }) => name).sort()).toEqual(['', '', '', 'a notebook']);
  const costs = items.map(({ totals }) => nano(totals.costUsd));
  expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(spent);
  expect(items.map(({ totals }) => [totals.requests, totals.unpriced])).toEqual([
    [9, 1],
    [8, 1],
    [8, 1],
    [8, 1],
  ]);

  const overview = await call(statsApi.overview, { range: '1h' });
  expect(nano(overview.totals.costUsd)).toBe(spent);
  expect(overview.totals.requests).toBe(rows.length);
  const sum = (pick: (totals: UsageTotals) => number) =>
    items.reduce((all, { totals }) => all + pick(totals), 0);
  expect(sum((totals) => totals.attempts)).toBe(overview.totals.attempts);
  expect(sum((totals) => totals.failedAttempts)).toBe(overview.totals.failedAttempts);
  expect(sum((totals) => totals.promptTokens)).toBe(overview.totals.promptTokens);
  expect(sum((totals) => totals.completionTokens)).toBe(overview.totals.completionTokens);
  expect(sum((totals) => totals.failed)).toBe(overview.totals.failed);
  for (const range of ['24h', '7d', '30d'] as const) {
    const later = await call(statsApi.tokens, { range });
    expect(later.items.map(({ totals }) => nano(totals.costUsd))).toEqual(costs);
  }

  const { item } = made;
  const one = items.find(({ token }) => token === item.id)!;
  expect(one).toMatchObject({ name: 'a notebook', hint: item.hint });
  const ofOne = await call(logsApi.requests, { token: item.hint, pageSize: 200 });
  expect(ofOne.items.reduce((all, { costUsd }) => all + nano(costUsd), 0)).toBe(nano(one.totals.costUsd));
  const { points } = await call(statsApi.timeseries, { range: '1h', token: item.id });
  expect(points.reduce((all, { costUsd }) => all + nano(costUsd), 0)).toBe(nano(one.totals.costUsd));

  const exported = (await parts.ask('GET', 'logs/export?kind=requests&format=jsonl')).text.trim().split('\n');
  const inExport = exported.map((line) => nano((JSON.parse(line) as { costUsd: number | null }).costUsd));
  expect(inExport.reduce((all, cost) => all + cost, 0)).toBe(spent);

  const inMetrics = await byLabel('openai_balance_token_cost_usd_total');
  expect(Object.keys(inMetrics).sort()).toEqual(items.map(({ token }) => token).sort());
  for (const { token, totals } of items) expect(nano(inMetrics[token]!)).toBe(nano(totals.costUsd));
  expect(Object.values(await byLabel('openai_balance_token_requests_total'))).toEqual([9, 8, 8, 8]);
  const names = await byLabel('openai_balance_token_info');
  expect(names[item.id]).toBe(1);
  for (const { token } of items) for (const secret of tokens) expect(token).not.toContain(secret);
});

it('a series is of a key or of a token, not of both', async () => {
  const { status, error } = await parts.ask('GET', 'stats/timeseries?token=x&keyId=y');
  expect(status).toBe(400);
  expect(error?.fields).toEqual({ token: 'must not be given beside keyId' });
});

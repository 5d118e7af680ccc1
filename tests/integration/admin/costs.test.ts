import { describe, expect, it } from 'vitest';
import { logsApi } from '../../../lib/admin/contract/logs';
import { settingsApi } from '../../../lib/admin/contract/settings';
import { statsApi } from '../../../lib/admin/contract/stats';
import { parsePrometheus } from '../../support/prometheus';
import { chatCompletion, reply } from '../../support/scripted-upstream';
import { useServer } from './support';

const METRICS_TOKEN = 'costs-metrics-token';
const parts = useServer({ METRICS_TOKEN });
const { call, chat } = parts;

const usage = {
  prompt_tokens: 100_000,
  completion_tokens: 10_000,
  total_tokens: 110_000,
  prompt_tokens_details: { cached_tokens: 40_000 },
  completion_tokens_details: { reasoning_tokens: 8_000 },
};

/** Each is sent twice. By hand from the price page: 0.06 x 2.5 + 0.04 x 1.25 + 0.01 x 10, and so on. */
const COSTS: Readonly<Record<string, number | null>> = {
  'gpt-4o': 0.3,
  'gpt-4o-mini': 0.018,
  'nobody-knows-its-price': null,
};

const near = (value: number) => expect.closeTo(value, 9) as number;

async function metric(name: string): Promise<number> {
  const response = await fetch(`${parts.server.url}/metrics`, {
    headers: { authorization: `Bearer ${METRICS_TOKEN}` },
  });
  const samples = parsePrometheus(await response.text()).get(name)?.samples ?? [];
  return samples.reduce((sum, { value }) => sum + value, 0);
}

describe('what requests cost', () => {
  it('is the same in log, story, export, overview, with models and in the metrics', async () => {
    parts.upstream.fallbackReply = reply.json(200, { ...chatCompletion('Hello'), usage });
    for (const model of Object.keys(COSTS))
      for (let n = 0; n < 2; n += 1) await chat(undefined, '/v1', model);
    const { items } = await call(logsApi.requests, {});
    expect(items.map(({ model, costUsd }) => [model, costUsd]).toReversed()).toEqual(
      Object.entries(COSTS).flatMap(([model, cost]) => {
        const row = [model, cost === null ? null : near(cost)];
        return [row, row];
      }),
    );
    const { id } = items.find(({ model }) => model === 'gpt-4o')!;
    expect((await call(logsApi.read, { id })).request?.costUsd).toBe(0.3);

    const exported = await parts.ask('GET', 'logs/export?kind=requests&format=jsonl');
    const rows = exported.text.trim().split('\n');
    const costs = rows.map((line) => (JSON.parse(line) as { costUsd: number | null }).costUsd);
    const sum = costs.reduce<number>((all, cost) => all + (cost ?? 0), 0);
    expect(sum).toBeCloseTo(0.636, 9);

    const known = { costUsd: near(0.636), unpriced: 2 };
    expect((await call(statsApi.overview, { range: '1h' })).totals).toMatchObject(known);
    const models = (await call(statsApi.models, { range: '1h' })).items;
    expect(Object.fromEntries(models.map(({ model, totals }) => [model, totals.costUsd]))).toEqual({
      'gpt-4o': near(0.6),
      'gpt-4o-mini': near(0.036),
      'nobody-knows-its-price': null,
    });
    expect(await metric('openai_balance_cost_usd_total')).toBeCloseTo(0.636, 9);
    expect(await metric('openai_balance_unpriced_requests_total')).toBe(2);
  });

  it('is by a price of one’s own from the next request on, and stays as it was for those before', async () => {
    const own = [{ model: 'nobody-*', input: 1, output: 2, request: 0.5 }];
    await call(settingsApi.update, { values: { MODEL_PRICES: JSON.stringify(own) } });
    await chat(undefined, '/v1', 'nobody-knows-its-price');
    const { items } = await call(logsApi.requests, { model: 'nobody-knows-its-price' });
    expect(items.map(({ costUsd }) => costUsd)).toEqual([near(0.62), null, null]);
  });
});

import { describe, expect, it } from 'vitest';
import { logsApi } from '../../../lib/admin/contract/logs';
import { pricesApi } from '../../../lib/admin/contract/prices';
import { settingsApi } from '../../../lib/admin/contract/settings';
import { statsApi } from '../../../lib/admin/contract/stats';
import { chatCompletion, reply, type Reply } from '../../support/scripted-upstream';
import { useServer } from './support';

const parts = useServer();
const { call, chat } = parts;

const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };

const listOf = (input: number) =>
  (
    [
      ['openai', 'gpt-4o'],
      ['anthropic', 'claude-sonnet-4-5'],
    ] as const
  ).map(([id, model]) => ({
    id,
    name: id,
    api_pattern: `https://${id}\\.example`,
    models: [{ id: model, match: { equals: model }, prices: { input_mtok: input } }],
  }));

/** The list is at an address of its own; everything else is a chat. */
function listIs(answer: Reply): void {
  const good = reply.json(200, { ...chatCompletion('Hello'), usage });
  parts.upstream.fallbackReply = (request, response) =>
    (request.url === '/prices.json' ? answer : good)(request, response);
}

async function pointAtList(): Promise<void> {
  const url = parts.upstream.baseUrl.replace(/\/v1$/, '/prices.json');
  await call(settingsApi.update, { values: { PRICES_URL: url } });
}

const costs = async () => (await call(logsApi.requests, {})).items.map(({ costUsd }) => costUsd);

describe('list prices', () => {
  it('come with the program, and say of when they are and who says what', async () => {
    const { list, items } = await call(pricesApi.list, { provider: 'default', model: 'gpt-4o' });
    expect(list).toMatchObject({ source: 'package', problem: null });
    expect(new Date(list.at).getUTCFullYear()).toBe(2026);
    expect(items).toMatchObject([
      { price: { source: 'catalogue', provider: 'OpenAI', model: 'gpt-4o', input: { base: 2.5 } } },
    ]);
  });

  it('are fetched at a click; what was asked before keeps its cost', async () => {
    listIs(reply.json(200, listOf(7)));
    await pointAtList();
    await chat(undefined, '/v1', 'gpt-4o');
    const list = await call(pricesApi.update, {});
    expect(list).toMatchObject({ source: 'fetched', models: 2, problem: null });
    await chat(undefined, '/v1', 'gpt-4o');
    expect(await costs()).toEqual([7, 2.5]);
    const { totals } = await call(statsApi.overview, { range: '1h' });
    expect(totals.costUsd).toBe(9.5);
    const asked = parts.upstream.requests.filter(({ url }) => url === '/prices.json');
    expect(asked.map(({ headers }) => [headers.authorization, headers['x-api-key']])).toEqual([
      [undefined, undefined],
    ]);
  });

  it.each([
    ['is not there', reply.error(500), 'answered with status 500'],
    ['is a page', reply.bytes(200, Buffer.from('<html></html>')), 'it is not JSON'],
    ['is none', reply.json(200, { prices: 1 }), 'it is no list of prices: see 0'],
    ['is endless', reply.large(9 * 2 ** 20), 'it is larger than 8388608 bytes'],
    ['breaks off', reply.wrongLength('[', 1_000), 'other side closed'],
  ])('stay as they are when the list %s, and it is said why', async (_what, answer, why) => {
    listIs(answer);
    const { status, error } = await parts.ask('POST', 'prices/update');
    expect(status).toBe(502);
    expect(error?.message).toContain('The prices stay as they are: ');
    expect(error?.message).toContain(why);
    expect((await call(pricesApi.list, {})).list).toMatchObject({ source: 'fetched', models: 2 });
    await chat(undefined, '/v1', 'gpt-4o');
    expect((await costs())[0]).toBe(7);
  });

  it('give way to a price of one’s own, and the list of models says so', async () => {
    const own = [{ provider: 'default', model: 'gpt-4o', input: 3, batch: 0.5 }];
    await call(settingsApi.update, { values: { MODEL_PRICES: JSON.stringify(own) } });
    const { items } = await call(pricesApi.list, {});
    const item = items.find(({ model }) => model === 'gpt-4o');
    expect(item).toMatchObject({
      provider: 'default',
      price: { source: 'own', provider: 'default', model: 'gpt-4o', input: { base: 3 }, batch: 0.5 },
    });
    expect(item?.requests).toBeGreaterThan(1);
  });
});

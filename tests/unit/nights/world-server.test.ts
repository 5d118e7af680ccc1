import { afterEach, expect, it } from 'vitest';
import { FixedWindow } from '../../../bench/nights/allowance';
import { World, type NightKey } from '../../../bench/nights/world';
import { bodyOf, secretOf, WorldServer } from '../../../bench/nights/world-server';
import { estimatedTokens } from '../../../lib/openai/request/token-estimate';
import { SeededRandom } from '../balancer/support';

const REQUEST = {
  arrivesAt: 0,
  model: 'gpt-4o',
  promptTokens: 500,
  completionTokens: 40,
  askedTokens: 60,
  firstByteMs: 1,
  restMs: 1,
} satisfies Parameters<typeof bodyOf>[0];
const UNKNOWN_MODEL = { ...REQUEST, model: 'gpt-5', askedTokens: 0 };

let server: WorldServer | undefined;
afterEach(() => server?.stop());

async function opened(requests: readonly (typeof REQUEST)[]) {
  const per = (limit: number) => new FixedWindow(limit, 60_000, 0);
  const account: NightKey['account'] = {
    name: undefined,
    requests: per(2),
    tokens: per(10_000),
    day: undefined,
    hasHeaders: true,
    emptyAt: Infinity,
  };
  const key: NightKey = { keyId: 'key-1', account, models: new Set(['gpt-4o']), diesAt: Infinity };
  const world = new World({ outages: [], brownouts: [], slowShare: 0 }, new SeededRandom(1));
  server = new WorldServer(world, [key], requests, () => 0);
  const address = await server.start();
  const ask = (index: number) =>
    fetch(`${address}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretOf(key)}` },
      body: bodyOf(requests[index]!, index),
    });
  return { world, address, ask };
}

it('answers as the world does, with its headers and the usage of the request', async () => {
  const { ask } = await opened([REQUEST]);
  const answer = await ask(0);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('1');
  const text = await answer.text();
  expect(text).toContain('"content":"hi"');
  expect(text).toContain('"total_tokens":540');
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
});

it('refuses as the world does, and counts what was drawn', async () => {
  const { ask, world } = await opened([REQUEST, UNKNOWN_MODEL]);
  expect((await ask(1)).status).toBe(404);
  for (const status of [200, 200, 429]) expect((await ask(0)).status).toBe(status);
  expect(world.drawn429).toBe(1);
});

it('knows no models, for who asks', async () => {
  const { address } = await opened([]);
  expect(await (await fetch(`${address}/models`)).json()).toEqual({ object: 'list', data: [] });
});

it('is asked with bodies that are as long as their prompt', () => {
  expect(estimatedTokens(Buffer.from(bodyOf(REQUEST, 7)))).toBeGreaterThan(450);
  expect(estimatedTokens(Buffer.from(bodyOf(REQUEST, 7)))).toBeLessThan(550);
  expect(JSON.parse(bodyOf(REQUEST, 7))).toMatchObject({ max_tokens: 60, stream: true });
  expect(JSON.parse(bodyOf(UNKNOWN_MODEL, 7))).not.toHaveProperty('max_tokens');
});

import { describe, expect, it } from 'vitest';
import { cataloguePrice, type PricedModel } from '../../../lib/pricing/catalogue';
import { PriceBook, type OwnPrice } from '../../../lib/pricing/price-book';

const NOW = Date.UTC(2026, 10, 29);
const TOKENS = { prompt: 1_000, cached: 0, cacheWrite: 0, completion: 0, reasoning: 0 };

function book(own: readonly OwnPrice[] = [], baseUrl?: string) {
  const asked: PricedModel[] = [];
  const prices = [...own];
  const pricing = new PriceBook({
    own: () => prices,
    baseUrlOf: () => baseUrl,
    catalogue: (model, at) => {
      asked.push(model);
      return cataloguePrice(model, at);
    },
  });
  return { pricing, asked, prices };
}

describe('prices', () => {
  it.each([
    ['https://api.openai.com/v1', 'default', 'gpt-4o', 'OpenAI', 'gpt-4o'],
    ['https://openrouter.ai/api/v1', 'default', 'anthropic/claude-3.5-sonnet', 'OpenRouter', undefined],
    ['https://me.openai.azure.com/openai/v1', 'mine', 'gpt-4o', 'Microsoft Azure', 'gpt-4o'],
    ['http://127.0.0.1:1/v1', 'groq', 'llama-3.3-70b-versatile', 'Groq', undefined],
    ['http://127.0.0.1:1/v1', 'default', 'gpt-4o-mini', 'OpenAI', 'gpt-4o-mini'],
    ['http://127.0.0.1:1/v1', 'relay', 'anthropic/claude-sonnet-4-5', 'Anthropic', 'claude-sonnet-4-5'],
    ['http://127.0.0.1:1/v1', 'relay', 'text-embedding-3-small', 'OpenAI', 'text-embedding-3-small'],
  ])('at %s, called %s, of %s are those of %s', (baseUrl, provider, model, name, listed) => {
    const source = book([], baseUrl).pricing.priceOf(provider, model, NOW)?.source;
    expect(source).toMatchObject({ provider: name, ...(listed !== undefined && { model: listed }) });
  });

  it.each(['nobody-knows-it', '', 'whisper-1'])('of %j are unknown, and not nothing', (model) => {
    const { pricing } = book([], 'http://127.0.0.1:1/v1');
    expect(pricing.costOf('default', model, TOKENS, NOW)).toBeUndefined();
  });

  it('that a person has set come first, the first that fits', () => {
    const { pricing } = book([
      { provider: 'a*', model: 'GPT-*-mini', input: 1 },
      { model: 'gpt-4o', input: 2 },
      { provider: 'b', model: '*', input: 3 },
    ]);
    const cost = (provider: string, model: string) => pricing.costOf(provider, model, TOKENS, NOW);
    expect(cost('abc', 'gpt-4o-mini')).toBe(1_000_000);
    expect(cost('abc', 'gpt-4o')).toBe(2_000_000);
    expect(cost('b', 'anything')).toBe(3_000_000);
    expect(cost('c', 'gpt-4o-mini')).toBe(150_000);
  });

  it.each([
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*a*b*', 'xaxbx', true],
    ['*a*b*', 'xbxa', false],
    ['a**', 'a', true],
    ['', 'a', false],
  ])('for %s hold for %s: %s', (model, name, doHold) => {
    const { pricing } = book([{ model, input: 1 }], 'http://127.0.0.1:1/v1');
    expect(pricing.priceOf('default', name, NOW)?.source === 'own').toBe(doHold);
  });

  it('that a person has set hold for every way of serving and every kind of token', () => {
    const { pricing } = book([{ model: '*', input: 1, output: 2, batch: 0.5 }]);
    const cost = (rest: object) => pricing.costOf('a', 'b', { ...TOKENS, ...rest }, NOW);
    expect(cost({ audioPrompt: 500, tier: 'priority' })).toBe(1_000_000);
    expect(cost({ tier: 'batch' })).toBe(500_000);
  });

  it('are looked up once a minute, and at once when they were set anew', () => {
    const { pricing, asked, prices } = book();
    for (const at of [0, 1, 60_000]) pricing.priceOf('default', 'gpt-4o', NOW + at);
    expect(asked).toHaveLength(1);
    pricing.priceOf('default', 'gpt-4o', NOW + 60_001);
    expect(asked).toHaveLength(2);
    prices.push({ model: '*', input: 7 });
    pricing.forget();
    expect(pricing.costOf('default', 'gpt-4o', TOKENS, NOW + 60_002)).toBe(7_000_000);
  });

  it('are forgotten in time where clients make up models', () => {
    const { pricing, asked } = book();
    for (let i = 0; i < 5_000; i += 1) pricing.priceOf('default', `made-up-${i}`, NOW);
    pricing.priceOf('default', 'made-up-0', NOW);
    expect(asked).toHaveLength(5_001);
  });
});

it.each([
  ['https://api.together.xyz/v1', 'openai/gpt-oss-not-there', undefined],
  ['https://api.groq.com/openai/v1', 'claude-sonnet-4-5', undefined],
  ['http://relay.internal/v1', 'gpt-4o', 2.5],
  ['https://openrouter.ai/api/v1', 'deepseek/deepseek-r1:free', 0],
  ['https://me.openai.azure.com/openai/v1', 'gpt-4o', 2.5],
])('at %s %s costs what is known there, and not what another one asks for', (baseUrl, model, input) => {
  const asked = { provider: 'some', baseUrl, model };
  expect(cataloguePrice(asked, new Date('2026-11-29T12:00:00Z'))?.rates.input).toBe(input);
});

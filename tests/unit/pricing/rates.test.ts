import { calcPrice } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { cataloguePrice } from '../../../lib/pricing/catalogue';
import { costOf, NANO_USD, type BilledTokens } from '../../../lib/pricing/rates';

const AT = new Date('2026-11-29T12:00:00Z');
const NONE: BilledTokens = { prompt: 0, cached: 0, cacheWrite: 0, completion: 0, reasoning: 0 };

const models: readonly (readonly [provider: string, model: string])[] = [
  ['openai', 'gpt-4o'],
  ['openai', 'gpt-4o-mini-2024-07-18'],
  ['openai', 'gpt-5'],
  ['openai', 'gpt-5-mini'],
  ['openai', 'o3'],
  ['openai', 'o4-mini'],
  ['openai', 'gpt-4.1-nano'],
  ['openai', 'text-embedding-3-small'],
  ['anthropic', 'claude-sonnet-4-5-20250929'],
  ['anthropic', 'claude-opus-4-1'],
  ['anthropic', 'claude-3-5-haiku-latest'],
  ['google', 'gemini-2.5-pro'],
  ['google', 'gemini-2.5-flash'],
  ['google', 'gemini-3-pro-preview'],
  ['deepseek', 'deepseek-chat'],
  ['mistral', 'mistral-large-latest'],
  ['x-ai', 'grok-4'],
  ['groq', 'llama-3.3-70b-versatile'],
  ['moonshotai', 'kimi-k2-0905-preview'],
  ['cohere', 'command-r-plus'],
  ['perplexity', 'sonar'],
];
const uses: readonly BilledTokens[] = [
  { ...NONE, prompt: 1_000, completion: 500 },
  { prompt: 150_000, cached: 100_000, cacheWrite: 20_000, completion: 4_000, reasoning: 3_000 },
  { prompt: 250_001, cached: 200_000, cacheWrite: 1, completion: 1, reasoning: 1 },
  { ...NONE, prompt: 1_000_000 },
];

describe('the cost of a request', () => {
  it.each(models)('at %s of %s is what the catalogue itself works out', (provider, model) => {
    const price = cataloguePrice({ provider, baseUrl: undefined, model }, AT);
    if (price === undefined) throw new Error('it has no price');
    for (const tokens of uses) {
      const isEmbedding = price.rates.output === undefined;
      const used = isEmbedding ? { ...tokens, completion: 0, reasoning: 0 } : tokens;
      const listed = calcPrice(
        {
          input_tokens: used.prompt,
          cache_read_tokens: used.cached,
          cache_write_tokens: used.cacheWrite,
          output_tokens: used.completion,
          output_reasoning_tokens: used.reasoning,
        },
        model,
        { providerId: provider, timestamp: AT },
      );
      const cost = (costOf(used, price.rates) ?? NaN) / NANO_USD;
      expect(Math.abs(cost / (listed?.total_price ?? NaN) - 1)).toBeLessThan(0.001);
    }
  });

  it('is the price page of a model to the cent', () => {
    const rates = { input: 2.5, cachedInput: 1.25, output: 10 };
    const tokens = { ...NONE, prompt: 1_000_000, cached: 400_000, completion: 100_000 };
    expect(costOf(tokens, rates)).toBe((0.6 * 2.5 + 0.4 * 1.25 + 0.1 * 10) * NANO_USD);
  });

  it('counts parts by their own rates, and no more than the whole', () => {
    const rates = { input: 1, cachedInput: 0.1, cacheWrite: 2, output: 10, reasoning: 20, request: 0.5 };
    const whole = { prompt: 100, cached: 100, cacheWrite: 0, completion: 10, reasoning: 10 };
    expect(costOf(whole, rates)).toBe(Math.round((100 * 0.1 + 10 * 20) * 1_000 + 0.5 * NANO_USD));
    const tooMuch = { prompt: 100, cached: 900, cacheWrite: 900, completion: 10, reasoning: 99 };
    expect(costOf(tooMuch, rates)).toBe(costOf(whole, rates));
    const written = { ...NONE, prompt: 100, cacheWrite: 60 };
    expect(costOf(written, rates)).toBe((40 + 120) * 1_000 + 0.5 * NANO_USD);
  });

  it('has rates of their own for sound, images and long caches, each token once', () => {
    const rates = {
      input: 1,
      cachedInput: 0.1,
      cacheWrite: 2,
      cacheWrite1h: 4,
      inputAudio: 30,
      cachedAudio: 3,
      inputImage: 5,
      output: 10,
      outputAudio: 60,
      outputImage: 40,
    };
    const tokens = {
      prompt: 1_000,
      cached: 300,
      cachedAudio: 100,
      cacheWrite: 200,
      cacheWrite1h: 50,
      audioPrompt: 250,
      imagePrompt: 150,
      completion: 100,
      reasoning: 10,
      audioCompletion: 20,
      imageCompletion: 30,
    };
    // Of 500 that are neither cached nor written 150 are sound and 150 images.
    const input = 200 + 150 * 30 + 150 * 5 + 200 * 0.1 + 100 * 3 + 150 * 2 + 50 * 4;
    const output = 50 * 10 + 20 * 60 + 30 * 40;
    expect(costOf(tokens, rates)).toBe(Math.round((input + output) * 1_000));
    const tooMuch = {
      ...tokens,
      audioPrompt: 9e9,
      imagePrompt: 9e9,
      audioCompletion: 9e9,
      imageCompletion: 9e9,
    };
    expect(costOf(tooMuch, rates)).toBe(
      Math.round((500 * 30 + 200 * 0.1 + 100 * 3 + 300 + 200 + 6_000) * 1_000),
    );
  });

  it('is that of images where a model makes nothing else', () => {
    expect(costOf({ ...NONE, completion: 7 }, { input: 1, outputImage: 30 })).toBe(210_000);
    expect(costOf({ ...NONE, completion: 7 }, { input: 1, outputAudio: 30 })).toBe(210_000);
  });

  it('is a share of the usual price where it was served in another way, and unknown without one', () => {
    const tokens = { ...NONE, prompt: 1_000 };
    const rates = { input: 2, batch: 0.5, priority: 2, request: 0.001 };
    expect(costOf({ ...tokens, tier: 'batch' }, rates)).toBe(1_000_000 + 1_000_000);
    expect(costOf({ ...tokens, tier: 'priority' }, rates)).toBe(4_000_000 + 1_000_000);
    expect(costOf({ ...tokens, tier: 'flex' }, rates)).toBeUndefined();
    expect(costOf({ ...tokens, tier: 'toString' }, rates)).toBeUndefined();
    expect(costOf({ ...tokens, tier: 'fast' }, { ...rates, otherTiers: 1 })).toBe(3_000_000);
  });

  it('has steps for long prompts', () => {
    const rates = { input: { base: 1, steps: [{ above: 100, rate: 2 }] }, output: 0 };
    expect(costOf({ ...NONE, prompt: 100 }, rates)).toBe(100_000);
    expect(costOf({ ...NONE, prompt: 101 }, rates)).toBe(202_000);
  });

  it('is unknown where something has no price', () => {
    expect(costOf({ ...NONE, prompt: 1 }, { output: 1 })).toBeUndefined();
    expect(costOf({ ...NONE, completion: 1 }, { input: 1 })).toBeUndefined();
    expect(costOf(NONE, {})).toBe(0);
  });
});

it('more than can be counted has a cost that nobody knows', () => {
  expect(costOf({ ...NONE, prompt: 2 ** 53 - 1 }, { input: 2 })).toBeUndefined();
  expect(costOf({ ...NONE, prompt: 1e9 }, { input: 2 })).toBe(2_000 * NANO_USD);
});

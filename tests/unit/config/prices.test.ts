import { describe, expect, it } from 'vitest';
import { prices } from '../../../lib/config/values/prices';

const read = (value: unknown) =>
  prices.schema.safeParse(typeof value === 'string' ? value : JSON.stringify(value));

describe('prices of models', () => {
  it('are read and written back', () => {
    const entries = [
      { provider: 'groq', model: 'llama-*', input: 0.5, cached_input: 0.25, cache_write: 1, output: 1.5 },
      { model: '*', reasoning: 0, request: 0.01 },
    ];
    const own = prices.schema.parse(JSON.stringify(entries));
    expect(own).toEqual([
      { provider: 'groq', model: 'llama-*', input: 0.5, cachedInput: 0.25, cacheWrite: 1, output: 1.5 },
      { model: '*', reasoning: 0, request: 0.01 },
    ]);
    expect(JSON.parse(prices.schema.encode(own))).toEqual(entries);
  });

  it.each([
    ['no JSON', 'must be a JSON list'],
    [{ model: 'a', input: 1 }, 'must be a JSON list'],
    [['a'], 'must be an object such as'],
    [[{ model: 'a' }], 'must have a price'],
    [[{ model: ' ', input: 1 }], ''],
    [[{ input: 1 }], 'must be a name'],
    [[{ model: 'a', input: -1 }], 'must be a number from 0 to 1000000'],
    [[{ model: 'a', input: '1' }], 'must be a number'],
    [[{ model: 'a', inputs: 1 }], 'allowed are provider, model, input'],
    [[{ model: 'a'.repeat(192), input: 1 }], 'characters at most'],
    [Array.from({ length: 1_001 }, () => ({ model: 'a', input: 1 })), 'prices at most'],
  ])('that cannot be are refused with what to do: %j', (value, message) => {
    const result = read(value);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toContain(message);
  });
});

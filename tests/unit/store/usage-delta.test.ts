import { describe, expect, it } from 'vitest';
import { mergeUsage, statusClass, usageOf } from '../../../lib/store/usage-delta';

const request = {
  at: 125_000,
  provider: null,
  keyId: null,
  model: null,
  status: 200,
  durationMs: 250,
  ttfbMs: null,
  promptTokens: null,
  cachedTokens: null,
  completionTokens: null,
};

describe('usage of a request', () => {
  it('belongs to its minute, with empty names for what the request did not reach', () => {
    expect(usageOf(request)).toMatchObject({
      resolution: 'minute',
      bucketStart: 120_000,
      provider: '',
      keyId: '',
      model: '',
    });
  });

  it('counts its latency in exactly one counter, and a bound in the lower of its two', () => {
    const classes = [0, 10, 11, 1_000, 120_000, 120_001].map(
      (durationMs) => usageOf({ ...request, durationMs }).latency,
    );
    expect(classes.map((counts) => counts.indexOf(1))).toEqual([0, 0, 1, 5, 11, 12]);
    expect(classes.every((counts) => counts.length === 13 && counts.reduce((a, b) => a + b) === 1)).toBe(
      true,
    );
  });

  it('keeps 429 and 499 apart from other statuses', () => {
    expect([200, 204, 404, 429, 499, 500, 529].map(statusClass)).toEqual([
      '2xx',
      '2xx',
      '4xx',
      '429',
      '499',
      '5xx',
      '5xx',
    ]);
  });

  it('cuts a model name at 191 characters', () => {
    expect(usageOf({ ...request, model: 'x'.repeat(300) }).model).toHaveLength(191);
  });

  it('is summed up bucket by bucket', () => {
    const [a, b] = [
      usageOf({ ...request, model: 'a' }),
      usageOf({ ...request, model: 'b', ttfbMs: 5, promptTokens: 7 }),
    ];
    const merged = mergeUsage([b, a, b]);
    expect(merged.map((delta) => [delta.model, delta.requests, delta.ttfbCount, delta.promptTokens])).toEqual(
      [
        ['a', 1, 0, 0],
        ['b', 2, 2, 14],
      ],
    );
  });
});
